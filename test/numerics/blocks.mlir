// Block-quantised weights: the bytes that the definitions of GGUF give for the same numbers, computed independently; orders
// and back; products on integers, where rounding A to 8 bits loses nothing, and on numbers where it does.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=3
// RUN: tern-run %s -O3 -mcpu=x86-64-v4
// RUN: tern-run %s -O3 -mcpu=x86-64-v3 -threads=2

func.func @test_quantize_q8_0() {
  %w = arith.constant dense<[[0.24580338597297668, 0.4835739731788635, 0.5903871059417725, 0.8849005699157715,
      0.4797971546649933, 0.8446499705314636, -0.941989541053772, -0.06875468790531158, 0.886713445186615,
      0.2979491055011749, 0.8018009662628174, -0.7735880613327026, -0.061861906200647354, -0.5068543553352356,
      0.08752171695232391, 0.1478823721408844, -0.9737716317176819, -0.5665404200553894, -0.44103527069091797,
      0.8326907157897949, 0.5314509272575378, -0.6807915568351746, 0.594294011592865, -0.7224651575088501,
      0.23490503430366516, -0.7466015219688416, -0.9964503049850464, 0.7428094744682312, -0.5810872316360474,
      -0.569037675857544, 0.9648422002792358, 0.7448155283927917, -0.4213896691799164, 0.9229559898376465,
      0.07844693958759308, 0.35566094517707825, -0.5904409885406494, 0.8819519877433777, 0.38128387928009033,
      0.9331285953521729, 0.7874833345413208, -0.4024221897125244, -0.2776201367378235, -0.668087899684906,
      -0.7085961699485779, -0.8697205781936646, -0.39728179574012756, 0.20622000098228455, -0.9932337403297424,
      0.35586848855018616, -0.32420626282691956, -0.3800841271877289, 0.637036144733429, -0.03850962594151497,
      -0.3684137761592865, -0.037563227117061615, 0.4093382656574249, -0.8859981298446655, 0.9501991271972656,
      -0.9542688727378845, 0.49959003925323486, 0.689761757850647, -0.9638649225234985, 0.5754765868186951],
      [-0.002676310483366251, 0.001570376567542553, -0.009818431921303272, -0.009065457619726658,
      -0.006381610408425331, 0.009103598073124886, -0.006069566588848829, 0.00511472811922431, 0.008593106642365456,
      0.008840876631438732, -0.0031123636290431023, -0.0029041359666734934, 0.0004940364160574973,
      0.005512060131877661, -0.007838943041861057, 0.004967960994690657, 0.005944533739238977, 0.007193886209279299,
      -0.009267368353903294, 0.008916003629565239, -0.008176403120160103, -0.0031851893290877342,
      0.0022165507543832064, 0.00836174376308918, -0.003200809471309185, 0.008483952842652798, 0.0009028807398863137,
      -0.0037509927060455084, -0.003664000192657113, -0.006450444459915161, -0.008436075411736965,
      -0.007022639270871878, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
      [-4.0, -3.75, -3.5, -3.25, -3.0, -2.75, -2.5, -2.25, -2.0, -1.75, -1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0,
      0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75, -0.16577401757240295,
      3.2130703926086426, -0.2934057116508484, -2.9256832599639893, -1.3469481468200684, -4.948910713195801,
      -1.7219895124435425, 6.837427616119385, 6.437422275543213, 1.7775095701217651, -0.009485690854489803,
      -2.2612974643707275, -5.752076148986816, -3.1876580715179443, 3.948265552520752, 5.143415451049805,
      -1.9414327144622803, 4.004316329956055, 3.8485732078552246, 2.7243545055389404, 2.2962582111358643,
      3.6349422931671143, -1.9119553565979004, 2.8625741004943848, -3.068071126937866, -0.20040686428546906,
      3.7764647006988525, 2.672361373901367, -2.8860714435577393, 6.23766565322876, 2.0956900119781494,
      1.1292515993118286]]> : tensor<3x64xf32>
  %bytes = arith.constant dense<[[[4, 32, 31, 62, 75, 113, 61, 108, -120, -9, 113, 38, 102, -99, -8, -65, 11, 19,
      -124, -72, -56, 106, 68, -87, 76, -92, 30, -95, -127, 95, -74, -73, 123, 95], [1, 32, -54, 118, 10, 45, -75,
      113, 49, 119, 101, -51, -35, -85, -91, -111, -51, 26, -127, 46, -41, -49, 81, -5, -47, -5, 52, -113, 121, -122,
      64, 88, -123, 74]],
      [[17, 5, -35, 20, -127, -117, -83, 118, -79, 66, 111, 114, -40, -38, 6, 71, -101, 64, 77, 93, -120, 115, -106,
      -41, 29, 108, -41, 110, 12, -49, -47, -83, -109, -91], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
      [[8, 40, -127, -119, -111, -103, -95, -87, -79, -71, -64, -56, -48, -40, -32, -24, -16, -8, 0, 8, 16, 24, 32,
      40, 48, 56, 64, 71, 79, 87, 95, 103, 111, 119], [-28, 42, -3, 60, -5, -54, -25, -92, -32, 127, 120, 33, 0, -42,
      -107, -59, 73, 96, -36, 74, 71, 51, 43, 68, -36, 53, -57, -4, 70, 50, -54, 116, 39, 21]]]> : tensor<3x2x34xi32>
  %back = arith.constant dense<[[0.243133544921875, 0.48626708984375, 0.588226318359375, 0.886260986328125,
      0.478424072265625, 0.8470458984375, -0.941162109375, -0.070587158203125, 0.886260986328125, 0.29803466796875,
      0.79998779296875, -0.776458740234375, -0.062744140625, -0.509796142578125, 0.086273193359375,
      0.149017333984375, -0.9725341796875, -0.564697265625, -0.439208984375, 0.83135986328125, 0.5333251953125,
      -0.682342529296875, 0.5960693359375, -0.7215576171875, 0.23529052734375, -0.745086669921875,
      -0.996063232421875, 0.745086669921875, -0.58038330078125, -0.572540283203125, 0.964691162109375,
      0.745086669921875, -0.4222869873046875, 0.9227752685546875, 0.0782012939453125, 0.35190582275390625,
      -0.5865097045898438, 0.8836746215820312, 0.38318634033203125, 0.9305953979492188, 0.7898330688476562,
      -0.39882659912109375, -0.27370452880859375, -0.6647109985351562, -0.7116317749023438, -0.8680343627929688,
      -0.39882659912109375, 0.2033233642578125, -0.9931564331054688, 0.3597259521484375, -0.32062530517578125,
      -0.38318634033203125, 0.6334304809570312, -0.03910064697265625, -0.36754608154296875, -0.03910064697265625,
      0.406646728515625, -0.8836746215820312, 0.9462356567382812, -0.9540557861328125, 0.50048828125,
      0.68817138671875, -0.9618759155273438, 0.5786895751953125],
      [-0.0027057528495788574, 0.0015461444854736328, -0.009818017482757568, -0.009044945240020752,
      -0.006416499614715576, 0.009122252464294434, -0.00610727071762085, 0.005102276802062988, 0.008581101894378662,
      0.008813023567199707, -0.0030922889709472656, -0.0029376745223999023, 0.00046384334564208984,
      0.0054888129234313965, -0.007808029651641846, 0.004947662353515625, 0.005952656269073486, 0.007189571857452393,
      -0.009276866912841797, 0.008890330791473389, -0.008194565773010254, -0.0031695961952209473,
      0.0022419095039367676, 0.008349180221557617, -0.0031695961952209473, 0.00850379467010498,
      0.0009276866912841797, -0.0037880539894104004, -0.003633439540863037, -0.006416499614715576,
      -0.008426487445831299, -0.007034957408905029, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
      [-3.999755859375, -3.747802734375, -3.495849609375, -3.243896484375, -2.991943359375, -2.739990234375,
      -2.488037109375, -2.236083984375, -2.015625, -1.763671875, -1.51171875, -1.259765625, -1.0078125, -0.755859375,
      -0.50390625, -0.251953125, 0.0, 0.251953125, 0.50390625, 0.755859375, 1.0078125, 1.259765625, 1.51171875,
      1.763671875, 2.015625, 2.236083984375, 2.488037109375, 2.739990234375, 2.991943359375, 3.243896484375,
      3.495849609375, 3.747802734375, -0.1614990234375, 3.22998046875, -0.2691650390625, -2.906982421875,
      -1.3458251953125, -4.95263671875, -1.72265625, 6.8367919921875, 6.4599609375, 1.7764892578125, 0.0,
      -2.260986328125, -5.7601318359375, -3.1761474609375, 3.9298095703125, 5.16796875, -1.93798828125,
      3.983642578125, 3.8221435546875, 2.7454833984375, 2.3148193359375, 3.66064453125, -1.93798828125,
      2.8531494140625, -3.0684814453125, -0.21533203125, 3.768310546875, 2.691650390625, -2.906982421875,
      6.24462890625, 2.0994873046875, 1.1304931640625]]> : tensor<3x64xf32>
  %e = tensor.empty() : tensor<3x2x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<3x64xf32>) outs(%e : tensor<3x2x34xi8>) -> tensor<3x2x34xi8>
  %integers = arith.extsi %q : tensor<3x2x34xi8> to tensor<3x2x34xi32>
  check.equal %integers, %bytes : tensor<3x2x34xi32>
  %f = tensor.empty() : tensor<3x64xf32>
  %d = tern_kernel.dequantize q8_0 ins(%q : tensor<3x2x34xi8>) outs(%f : tensor<3x64xf32>) -> tensor<3x64xf32>
  check.almost_equal %d, %back rtol 1.0e-6 atol 0.0 : tensor<3x64xf32>
  return
}

func.func @test_quantize_q4_0() {
  %w = arith.constant dense<[[0.24580338597297668, 0.4835739731788635, 0.5903871059417725, 0.8849005699157715,
      0.4797971546649933, 0.8446499705314636, -0.941989541053772, -0.06875468790531158, 0.886713445186615,
      0.2979491055011749, 0.8018009662628174, -0.7735880613327026, -0.061861906200647354, -0.5068543553352356,
      0.08752171695232391, 0.1478823721408844, -0.9737716317176819, -0.5665404200553894, -0.44103527069091797,
      0.8326907157897949, 0.5314509272575378, -0.6807915568351746, 0.594294011592865, -0.7224651575088501,
      0.23490503430366516, -0.7466015219688416, -0.9964503049850464, 0.7428094744682312, -0.5810872316360474,
      -0.569037675857544, 0.9648422002792358, 0.7448155283927917, -0.4213896691799164, 0.9229559898376465,
      0.07844693958759308, 0.35566094517707825, -0.5904409885406494, 0.8819519877433777, 0.38128387928009033,
      0.9331285953521729, 0.7874833345413208, -0.4024221897125244, -0.2776201367378235, -0.668087899684906,
      -0.7085961699485779, -0.8697205781936646, -0.39728179574012756, 0.20622000098228455, -0.9932337403297424,
      0.35586848855018616, -0.32420626282691956, -0.3800841271877289, 0.637036144733429, -0.03850962594151497,
      -0.3684137761592865, -0.037563227117061615, 0.4093382656574249, -0.8859981298446655, 0.9501991271972656,
      -0.9542688727378845, 0.49959003925323486, 0.689761757850647, -0.9638649225234985, 0.5754765868186951],
      [-0.002676310483366251, 0.001570376567542553, -0.009818431921303272, -0.009065457619726658,
      -0.006381610408425331, 0.009103598073124886, -0.006069566588848829, 0.00511472811922431, 0.008593106642365456,
      0.008840876631438732, -0.0031123636290431023, -0.0029041359666734934, 0.0004940364160574973,
      0.005512060131877661, -0.007838943041861057, 0.004967960994690657, 0.005944533739238977, 0.007193886209279299,
      -0.009267368353903294, 0.008916003629565239, -0.008176403120160103, -0.0031851893290877342,
      0.0022165507543832064, 0.00836174376308918, -0.003200809471309185, 0.008483952842652798, 0.0009028807398863137,
      -0.0037509927060455084, -0.003664000192657113, -0.006450444459915161, -0.008436075411736965,
      -0.007022639270871878, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
      [-4.0, -3.75, -3.5, -3.25, -3.0, -2.75, -2.5, -2.25, -2.0, -1.75, -1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0,
      0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75, -0.16577401757240295,
      3.2130703926086426, -0.2934057116508484, -2.9256832599639893, -1.3469481468200684, -4.948910713195801,
      -1.7219895124435425, 6.837427616119385, 6.437422275543213, 1.7775095701217651, -0.009485690854489803,
      -2.2612974643707275, -5.752076148986816, -3.1876580715179443, 3.948265552520752, 5.143415451049805,
      -1.9414327144622803, 4.004316329956055, 3.8485732078552246, 2.7243545055389404, 2.2962582111358643,
      3.6349422931671143, -1.9119553565979004, 2.8625741004943848, -3.068071126937866, -0.20040686428546906,
      3.7764647006988525, 2.672361373901367, -2.8860714435577393, 6.23766565322876, 2.0956900119781494,
      1.1292515993118286]]> : tensor<3x64xf32>
  %bytes = arith.constant dense<[[[-7, 47, 10, 60, 77, -1, -52, 63, -48, 39, -81, 42, 14, -30, 56, 52, -7, -23],
      [-14, 47, 5, -65, 89, 91, -45, -113, 91, -113, -66, 21, -10, 3, -62, -31, 5, -38]],
      [[7, 21, -42, -23, 0, -15, 19, 95, -93, -4, 95, -1, -107, 86, 88, 60, 18, 44], [0, -128, -120, -120, -120,
      -120, -120, -120, -120, -120, -120, -120, -120, -120, -120, -120, -120, -120]],
      [[0, 56, -128, -111, -111, -94, -94, -77, -77, -60, -60, -43, -43, -26, -26, -9, -9, -8], [-42, -70, -88, 52,
      56, 91, 90, 78, -86, 80, -64, -122, 72, 91, -65, 28, 99, 114]]]> : tensor<3x2x18xi32>
  %back = arith.constant dense<[[0.2491455078125, 0.498291015625, 0.62286376953125, 0.87200927734375, 0.498291015625,
      0.87200927734375, -0.99658203125, -0.12457275390625, 0.87200927734375, 0.2491455078125, 0.7474365234375,
      -0.7474365234375, 0.0, -0.498291015625, 0.12457275390625, 0.12457275390625, -0.99658203125, -0.62286376953125,
      -0.498291015625, 0.87200927734375, 0.498291015625, -0.62286376953125, 0.62286376953125, -0.7474365234375,
      0.2491455078125, -0.7474365234375, -0.99658203125, 0.7474365234375, -0.62286376953125, -0.62286376953125,
      0.87200927734375, 0.7474365234375, -0.3724365234375, 0.8690185546875, 0.1241455078125, 0.3724365234375,
      -0.6207275390625, 0.8690185546875, 0.3724365234375, 0.8690185546875, 0.744873046875, -0.3724365234375,
      -0.248291015625, -0.6207275390625, -0.744873046875, -0.8690185546875, -0.3724365234375, 0.248291015625,
      -0.9931640625, 0.3724365234375, -0.3724365234375, -0.3724365234375, 0.6207275390625, 0.0, -0.3724365234375,
      0.0, 0.3724365234375, -0.8690185546875, 0.8690185546875, -0.9931640625, 0.49658203125, 0.744873046875,
      -0.9931640625, 0.6207275390625],
      [-0.0024547576904296875, 0.0012273788452148438, -0.00981903076171875, -0.008591651916503906,
      -0.006136894226074219, 0.008591651916503906, -0.006136894226074219, 0.004909515380859375, 0.008591651916503906,
      0.008591651916503906, -0.0036821365356445312, -0.0024547576904296875, 0.0, 0.004909515380859375,
      -0.0073642730712890625, 0.004909515380859375, 0.006136894226074219, 0.0073642730712890625,
      -0.00981903076171875, 0.008591651916503906, -0.008591651916503906, -0.0036821365356445312,
      0.0024547576904296875, 0.008591651916503906, -0.0036821365356445312, 0.008591651916503906,
      0.0012273788452148438, -0.0036821365356445312, -0.0036821365356445312, -0.006136894226074219,
      -0.008591651916503906, -0.0073642730712890625, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0,
      -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0,
      -0.0, -0.0, -0.0, -0.0],
      [-4.0, -3.5, -3.5, -3.0, -3.0, -2.5, -2.5, -2.0, -2.0, -1.5, -1.5, -1.0, -1.0, -0.5, -0.5, 0.0, 0.0, 0.5, 0.5,
      1.0, 1.0, 1.5, 1.5, 2.0, 2.0, 2.5, 2.5, 3.0, 3.0, 3.5, 3.5, 3.5, -0.0, 3.41796875, -0.0, -2.5634765625,
      -1.708984375, -5.126953125, -1.708984375, 6.8359375, 6.8359375, 1.708984375, -0.0, -2.5634765625,
      -5.9814453125, -3.41796875, 4.2724609375, 5.126953125, -1.708984375, 4.2724609375, 4.2724609375, 2.5634765625,
      2.5634765625, 3.41796875, -1.708984375, 2.5634765625, -3.41796875, -0.0, 3.41796875, 2.5634765625,
      -2.5634765625, 5.9814453125, 1.708984375, 0.8544921875]]> : tensor<3x64xf32>
  %e = tensor.empty() : tensor<3x2x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<3x64xf32>) outs(%e : tensor<3x2x18xi8>) -> tensor<3x2x18xi8>
  %integers = arith.extsi %q : tensor<3x2x18xi8> to tensor<3x2x18xi32>
  check.equal %integers, %bytes : tensor<3x2x18xi32>
  %f = tensor.empty() : tensor<3x64xf32>
  %d = tern_kernel.dequantize q4_0 ins(%q : tensor<3x2x18xi8>) outs(%f : tensor<3x64xf32>) -> tensor<3x64xf32>
  check.almost_equal %d, %back rtol 1.0e-6 atol 0.0 : tensor<3x64xf32>
  return
}

// 19 rows: the second group of 16 is not full.
func.func @test_interleave_q8_0() {
  %k = arith.constant dense<1898760313112794989> : tensor<i64>
  %w = tern.uniform [19, 96] from -1.0 to 1.0 key %k : f32
  %e = tensor.empty() : tensor<19x3x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<19x96xf32>) outs(%e : tensor<19x3x34xi8>) -> tensor<19x3x34xi8>
  %f = tensor.empty() : tensor<2x3x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<19x3x34xi8>) outs(%f : tensor<2x3x544xi8>) -> tensor<2x3x544xi8>
  %g = tensor.empty() : tensor<19x3x34xi8>
  %r = tern_kernel.deinterleave q8_0 ins(%p : tensor<2x3x544xi8>) outs(%g : tensor<19x3x34xi8>) -> tensor<19x3x34xi8>
  %before = arith.extsi %q : tensor<19x3x34xi8> to tensor<19x3x34xi32>
  %after = arith.extsi %r : tensor<19x3x34xi8> to tensor<19x3x34xi32>
  check.equal %after, %before : tensor<19x3x34xi32>
  return
}

// 19 rows: the second group of 16 is not full.
func.func @test_interleave_q4_0() {
  %k = arith.constant dense<2481022887645636321> : tensor<i64>
  %w = tern.uniform [19, 96] from -1.0 to 1.0 key %k : f32
  %e = tensor.empty() : tensor<19x3x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<19x96xf32>) outs(%e : tensor<19x3x18xi8>) -> tensor<19x3x18xi8>
  %f = tensor.empty() : tensor<2x3x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<19x3x18xi8>) outs(%f : tensor<2x3x288xi8>) -> tensor<2x3x288xi8>
  %g = tensor.empty() : tensor<19x3x18xi8>
  %r = tern_kernel.deinterleave q4_0 ins(%p : tensor<2x3x288xi8>) outs(%g : tensor<19x3x18xi8>) -> tensor<19x3x18xi8>
  %before = arith.extsi %q : tensor<19x3x18xi8> to tensor<19x3x18xi32>
  %after = arith.extsi %r : tensor<19x3x18xi8> to tensor<19x3x18xi32>
  check.equal %after, %before : tensor<19x3x18xi32>
  return
}

func.func @test_1_rows_of_q8_0() {
  %k0 = arith.constant dense<3793118822846186257> : tensor<i64>
  %k1 = arith.constant dense<572284356473729259> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x101xf32>
  %w = tern.uniform [101, 96] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<101x3x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<101x96xf32>) outs(%e0 : tensor<101x3x34xi8>) -> tensor<101x3x34xi8>
  %e1 = tensor.empty() : tensor<7x3x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<101x3x34xi8>) outs(%e1 : tensor<7x3x544xi8>) -> tensor<7x3x544xi8>
  %e2 = tensor.empty() : tensor<101x96xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<101x3x34xi8>) outs(%e2 : tensor<101x96xf32>) -> tensor<101x96xf32>
  %t = tern.transpose %wide [1, 0] : tensor<101x96xf32>
  %u = tern.uniform [1, 96] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<1x96xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<1x96xf32>) outs(%e3 : tensor<1x96xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<1x96xf32>
  %bias = tern.uniform [101] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<1x101xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<1x96xf32>, tensor<7x3x544xi8>)
      extras(%bias : tensor<101xf32>) outs(%e4 : tensor<1x101xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x101xf32>
  %product = linalg.matmul ins(%a, %t : tensor<1x96xf32>, tensor<96x101xf32>) outs(%zero : tensor<1x101xf32>) -> tensor<1x101xf32>
  %expected = tern.add %product, %bias : tensor<1x101xf32>, tensor<101xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<1x101xf32>
  return
}

func.func @test_2_rows_of_q8_0() {
  %k0 = arith.constant dense<1719586995172235333> : tensor<i64>
  %k1 = arith.constant dense<205071106183273657> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<2x16xf32>
  %w = tern.uniform [16, 32] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<16x1x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<16x32xf32>) outs(%e0 : tensor<16x1x34xi8>) -> tensor<16x1x34xi8>
  %e1 = tensor.empty() : tensor<1x1x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<16x1x34xi8>) outs(%e1 : tensor<1x1x544xi8>) -> tensor<1x1x544xi8>
  %e2 = tensor.empty() : tensor<16x32xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<16x1x34xi8>) outs(%e2 : tensor<16x32xf32>) -> tensor<16x32xf32>
  %t = tern.transpose %wide [1, 0] : tensor<16x32xf32>
  %u = tern.uniform [2, 32] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<2x32xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<2x32xf32>) outs(%e3 : tensor<2x32xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<2x32xf32>
  %bias = tern.uniform [16] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<2x16xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<2x32xf32>, tensor<1x1x544xi8>)
      extras(%bias : tensor<16xf32>) outs(%e4 : tensor<2x16xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<2x16xf32>
  %product = linalg.matmul ins(%a, %t : tensor<2x32xf32>, tensor<32x16xf32>) outs(%zero : tensor<2x16xf32>) -> tensor<2x16xf32>
  %expected = tern.add %product, %bias : tensor<2x16xf32>, tensor<16xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<2x16xf32>
  return
}

func.func @test_3_rows_of_q8_0() {
  %k0 = arith.constant dense<3429548166754573047> : tensor<i64>
  %k1 = arith.constant dense<4300493561975888425> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<3x37xf32>
  %w = tern.uniform [37, 64] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<37x2x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<37x64xf32>) outs(%e0 : tensor<37x2x34xi8>) -> tensor<37x2x34xi8>
  %e1 = tensor.empty() : tensor<3x2x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<37x2x34xi8>) outs(%e1 : tensor<3x2x544xi8>) -> tensor<3x2x544xi8>
  %e2 = tensor.empty() : tensor<37x64xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<37x2x34xi8>) outs(%e2 : tensor<37x64xf32>) -> tensor<37x64xf32>
  %t = tern.transpose %wide [1, 0] : tensor<37x64xf32>
  %u = tern.uniform [3, 64] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<3x64xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<3x64xf32>) outs(%e3 : tensor<3x64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<3x64xf32>
  %h = arith.truncf %a : tensor<3x64xf32> to tensor<3x64xbf16>
  %bias = tern.uniform [37] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<3x37xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%h, %p : tensor<3x64xbf16>, tensor<3x2x544xi8>)
      extras(%bias : tensor<37xf32>) outs(%e4 : tensor<3x37xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<3x37xf32>
  %product = linalg.matmul ins(%a, %t : tensor<3x64xf32>, tensor<64x37xf32>) outs(%zero : tensor<3x37xf32>) -> tensor<3x37xf32>
  %expected = tern.add %product, %bias : tensor<3x37xf32>, tensor<37xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<3x37xf32>
  return
}

func.func @test_5_rows_of_q8_0() {
  %k0 = arith.constant dense<3060893412938570117> : tensor<i64>
  %k1 = arith.constant dense<2869835417174095803> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<5x20xf32>
  %w = tern.uniform [20, 160] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<20x5x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<20x160xf32>) outs(%e0 : tensor<20x5x34xi8>) -> tensor<20x5x34xi8>
  %e1 = tensor.empty() : tensor<2x5x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<20x5x34xi8>) outs(%e1 : tensor<2x5x544xi8>) -> tensor<2x5x544xi8>
  %e2 = tensor.empty() : tensor<20x160xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<20x5x34xi8>) outs(%e2 : tensor<20x160xf32>) -> tensor<20x160xf32>
  %t = tern.transpose %wide [1, 0] : tensor<20x160xf32>
  %u = tern.uniform [5, 160] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<5x160xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<5x160xf32>) outs(%e3 : tensor<5x160xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<5x160xf32>
  %bias = tern.uniform [20] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<5x20xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<5x160xf32>, tensor<2x5x544xi8>)
      extras(%bias : tensor<20xf32>) outs(%e4 : tensor<5x20xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<5x20xf32>
  %product = linalg.matmul ins(%a, %t : tensor<5x160xf32>, tensor<160x20xf32>) outs(%zero : tensor<5x20xf32>) -> tensor<5x20xf32>
  %expected = tern.add %product, %bias : tensor<5x20xf32>, tensor<20xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<5x20xf32>
  return
}

func.func @test_8_rows_of_q8_0() {
  %k0 = arith.constant dense<1310830083341649405> : tensor<i64>
  %k1 = arith.constant dense<2243516582649536977> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<8x48xf32>
  %w = tern.uniform [48, 96] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<48x3x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<48x96xf32>) outs(%e0 : tensor<48x3x34xi8>) -> tensor<48x3x34xi8>
  %e1 = tensor.empty() : tensor<3x3x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<48x3x34xi8>) outs(%e1 : tensor<3x3x544xi8>) -> tensor<3x3x544xi8>
  %e2 = tensor.empty() : tensor<48x96xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<48x3x34xi8>) outs(%e2 : tensor<48x96xf32>) -> tensor<48x96xf32>
  %t = tern.transpose %wide [1, 0] : tensor<48x96xf32>
  %u = tern.uniform [8, 96] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<8x96xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<8x96xf32>) outs(%e3 : tensor<8x96xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<8x96xf32>
  %bias = tern.uniform [48] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<8x48xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<8x96xf32>, tensor<3x3x544xi8>)
      extras(%bias : tensor<48xf32>) outs(%e4 : tensor<8x48xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<8x48xf32>
  %product = linalg.matmul ins(%a, %t : tensor<8x96xf32>, tensor<96x48xf32>) outs(%zero : tensor<8x48xf32>) -> tensor<8x48xf32>
  %expected = tern.add %product, %bias : tensor<8x48xf32>, tensor<48xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<8x48xf32>
  return
}

func.func @test_11_rows_of_q8_0() {
  %k0 = arith.constant dense<2349534227954443487> : tensor<i64>
  %k1 = arith.constant dense<606915535604351623> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<11x33xf32>
  %w = tern.uniform [33, 96] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<33x3x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<33x96xf32>) outs(%e0 : tensor<33x3x34xi8>) -> tensor<33x3x34xi8>
  %e1 = tensor.empty() : tensor<3x3x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<33x3x34xi8>) outs(%e1 : tensor<3x3x544xi8>) -> tensor<3x3x544xi8>
  %e2 = tensor.empty() : tensor<33x96xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<33x3x34xi8>) outs(%e2 : tensor<33x96xf32>) -> tensor<33x96xf32>
  %t = tern.transpose %wide [1, 0] : tensor<33x96xf32>
  %u = tern.uniform [11, 96] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<11x96xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<11x96xf32>) outs(%e3 : tensor<11x96xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<11x96xf32>
  %bias = tern.uniform [33] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<11x33xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<11x96xf32>, tensor<3x3x544xi8>)
      extras(%bias : tensor<33xf32>) outs(%e4 : tensor<11x33xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<11x33xf32>
  %product = linalg.matmul ins(%a, %t : tensor<11x96xf32>, tensor<96x33xf32>) outs(%zero : tensor<11x33xf32>) -> tensor<11x33xf32>
  %expected = tern.add %product, %bias : tensor<11x33xf32>, tensor<33xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<11x33xf32>
  return
}

// Rounding A costs 0.4 % of the largest element of its block, per product; 256 of them stay within 0.1 here.
func.func @test_rounded_rows_of_q8_0() {
  %k0 = arith.constant dense<4288164967620211725> : tensor<i64>
  %k1 = arith.constant dense<946026259847304407> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<4x50xf32>
  %w = tern.uniform [50, 256] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<50x8x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<50x256xf32>) outs(%e0 : tensor<50x8x34xi8>) -> tensor<50x8x34xi8>
  %e1 = tensor.empty() : tensor<4x8x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<50x8x34xi8>) outs(%e1 : tensor<4x8x544xi8>) -> tensor<4x8x544xi8>
  %e2 = tensor.empty() : tensor<50x256xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<50x8x34xi8>) outs(%e2 : tensor<50x256xf32>) -> tensor<50x256xf32>
  %t = tern.transpose %wide [1, 0] : tensor<50x256xf32>
  %a = tern.uniform [4, 256] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [50] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<4x50xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<4x256xf32>, tensor<4x8x544xi8>)
      extras(%bias : tensor<50xf32>) outs(%e4 : tensor<4x50xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<4x50xf32>
  %product = linalg.matmul ins(%a, %t : tensor<4x256xf32>, tensor<256x50xf32>) outs(%zero : tensor<4x50xf32>) -> tensor<4x50xf32>
  %expected = tern.add %product, %bias : tensor<4x50xf32>, tensor<50xf32>
  check.almost_equal %c, %expected rtol 0.0 atol 0.1 : tensor<4x50xf32>
  return
}

func.func @test_1_rows_of_q4_0() {
  %k0 = arith.constant dense<1710063640524183295> : tensor<i64>
  %k1 = arith.constant dense<1799493762114086907> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<1x101xf32>
  %w = tern.uniform [101, 96] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<101x3x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<101x96xf32>) outs(%e0 : tensor<101x3x18xi8>) -> tensor<101x3x18xi8>
  %e1 = tensor.empty() : tensor<7x3x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<101x3x18xi8>) outs(%e1 : tensor<7x3x288xi8>) -> tensor<7x3x288xi8>
  %e2 = tensor.empty() : tensor<101x96xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<101x3x18xi8>) outs(%e2 : tensor<101x96xf32>) -> tensor<101x96xf32>
  %t = tern.transpose %wide [1, 0] : tensor<101x96xf32>
  %u = tern.uniform [1, 96] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<1x96xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<1x96xf32>) outs(%e3 : tensor<1x96xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<1x96xf32>
  %bias = tern.uniform [101] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<1x101xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<1x96xf32>, tensor<7x3x288xi8>)
      extras(%bias : tensor<101xf32>) outs(%e4 : tensor<1x101xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<1x101xf32>
  %product = linalg.matmul ins(%a, %t : tensor<1x96xf32>, tensor<96x101xf32>) outs(%zero : tensor<1x101xf32>) -> tensor<1x101xf32>
  %expected = tern.add %product, %bias : tensor<1x101xf32>, tensor<101xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<1x101xf32>
  return
}

func.func @test_2_rows_of_q4_0() {
  %k0 = arith.constant dense<3025114906759119391> : tensor<i64>
  %k1 = arith.constant dense<2797204214380801345> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<2x16xf32>
  %w = tern.uniform [16, 32] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<16x1x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<16x32xf32>) outs(%e0 : tensor<16x1x18xi8>) -> tensor<16x1x18xi8>
  %e1 = tensor.empty() : tensor<1x1x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<16x1x18xi8>) outs(%e1 : tensor<1x1x288xi8>) -> tensor<1x1x288xi8>
  %e2 = tensor.empty() : tensor<16x32xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<16x1x18xi8>) outs(%e2 : tensor<16x32xf32>) -> tensor<16x32xf32>
  %t = tern.transpose %wide [1, 0] : tensor<16x32xf32>
  %u = tern.uniform [2, 32] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<2x32xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<2x32xf32>) outs(%e3 : tensor<2x32xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<2x32xf32>
  %bias = tern.uniform [16] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<2x16xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<2x32xf32>, tensor<1x1x288xi8>)
      extras(%bias : tensor<16xf32>) outs(%e4 : tensor<2x16xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<2x16xf32>
  %product = linalg.matmul ins(%a, %t : tensor<2x32xf32>, tensor<32x16xf32>) outs(%zero : tensor<2x16xf32>) -> tensor<2x16xf32>
  %expected = tern.add %product, %bias : tensor<2x16xf32>, tensor<16xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<2x16xf32>
  return
}

func.func @test_3_rows_of_q4_0() {
  %k0 = arith.constant dense<1061324655791984823> : tensor<i64>
  %k1 = arith.constant dense<3631859934420649773> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<3x37xf32>
  %w = tern.uniform [37, 64] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<37x2x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<37x64xf32>) outs(%e0 : tensor<37x2x18xi8>) -> tensor<37x2x18xi8>
  %e1 = tensor.empty() : tensor<3x2x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<37x2x18xi8>) outs(%e1 : tensor<3x2x288xi8>) -> tensor<3x2x288xi8>
  %e2 = tensor.empty() : tensor<37x64xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<37x2x18xi8>) outs(%e2 : tensor<37x64xf32>) -> tensor<37x64xf32>
  %t = tern.transpose %wide [1, 0] : tensor<37x64xf32>
  %u = tern.uniform [3, 64] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<3x64xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<3x64xf32>) outs(%e3 : tensor<3x64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<3x64xf32>
  %h = arith.truncf %a : tensor<3x64xf32> to tensor<3x64xbf16>
  %bias = tern.uniform [37] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<3x37xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%h, %p : tensor<3x64xbf16>, tensor<3x2x288xi8>)
      extras(%bias : tensor<37xf32>) outs(%e4 : tensor<3x37xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<3x37xf32>
  %product = linalg.matmul ins(%a, %t : tensor<3x64xf32>, tensor<64x37xf32>) outs(%zero : tensor<3x37xf32>) -> tensor<3x37xf32>
  %expected = tern.add %product, %bias : tensor<3x37xf32>, tensor<37xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<3x37xf32>
  return
}

func.func @test_5_rows_of_q4_0() {
  %k0 = arith.constant dense<3290345560020864247> : tensor<i64>
  %k1 = arith.constant dense<4611437983166554847> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<5x20xf32>
  %w = tern.uniform [20, 160] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<20x5x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<20x160xf32>) outs(%e0 : tensor<20x5x18xi8>) -> tensor<20x5x18xi8>
  %e1 = tensor.empty() : tensor<2x5x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<20x5x18xi8>) outs(%e1 : tensor<2x5x288xi8>) -> tensor<2x5x288xi8>
  %e2 = tensor.empty() : tensor<20x160xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<20x5x18xi8>) outs(%e2 : tensor<20x160xf32>) -> tensor<20x160xf32>
  %t = tern.transpose %wide [1, 0] : tensor<20x160xf32>
  %u = tern.uniform [5, 160] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<5x160xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<5x160xf32>) outs(%e3 : tensor<5x160xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<5x160xf32>
  %bias = tern.uniform [20] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<5x20xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<5x160xf32>, tensor<2x5x288xi8>)
      extras(%bias : tensor<20xf32>) outs(%e4 : tensor<5x20xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<5x20xf32>
  %product = linalg.matmul ins(%a, %t : tensor<5x160xf32>, tensor<160x20xf32>) outs(%zero : tensor<5x20xf32>) -> tensor<5x20xf32>
  %expected = tern.add %product, %bias : tensor<5x20xf32>, tensor<20xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<5x20xf32>
  return
}

func.func @test_8_rows_of_q4_0() {
  %k0 = arith.constant dense<327915489530754899> : tensor<i64>
  %k1 = arith.constant dense<69303076689197467> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<8x48xf32>
  %w = tern.uniform [48, 96] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<48x3x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<48x96xf32>) outs(%e0 : tensor<48x3x18xi8>) -> tensor<48x3x18xi8>
  %e1 = tensor.empty() : tensor<3x3x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<48x3x18xi8>) outs(%e1 : tensor<3x3x288xi8>) -> tensor<3x3x288xi8>
  %e2 = tensor.empty() : tensor<48x96xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<48x3x18xi8>) outs(%e2 : tensor<48x96xf32>) -> tensor<48x96xf32>
  %t = tern.transpose %wide [1, 0] : tensor<48x96xf32>
  %u = tern.uniform [8, 96] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<8x96xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<8x96xf32>) outs(%e3 : tensor<8x96xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<8x96xf32>
  %bias = tern.uniform [48] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<8x48xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<8x96xf32>, tensor<3x3x288xi8>)
      extras(%bias : tensor<48xf32>) outs(%e4 : tensor<8x48xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<8x48xf32>
  %product = linalg.matmul ins(%a, %t : tensor<8x96xf32>, tensor<96x48xf32>) outs(%zero : tensor<8x48xf32>) -> tensor<8x48xf32>
  %expected = tern.add %product, %bias : tensor<8x48xf32>, tensor<48xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<8x48xf32>
  return
}

func.func @test_11_rows_of_q4_0() {
  %k0 = arith.constant dense<1634121826863690125> : tensor<i64>
  %k1 = arith.constant dense<2756622979589612485> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<11x33xf32>
  %w = tern.uniform [33, 96] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<33x3x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<33x96xf32>) outs(%e0 : tensor<33x3x18xi8>) -> tensor<33x3x18xi8>
  %e1 = tensor.empty() : tensor<3x3x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<33x3x18xi8>) outs(%e1 : tensor<3x3x288xi8>) -> tensor<3x3x288xi8>
  %e2 = tensor.empty() : tensor<33x96xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<33x3x18xi8>) outs(%e2 : tensor<33x96xf32>) -> tensor<33x96xf32>
  %t = tern.transpose %wide [1, 0] : tensor<33x96xf32>
  %u = tern.uniform [11, 96] from -126.0 to 126.0 key %k1 : f32
  %e3 = tensor.empty() : tensor<11x96xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%u : tensor<11x96xf32>) outs(%e3 : tensor<11x96xf32>) {
  ^bb0(%v: f32, %o: f32):
    %j = linalg.index 1 : index
    %c32 = arith.constant 32 : index
    %c5 = arith.constant 5 : index
    %c127 = arith.constant 127.0 : f32
    %in = arith.remui %j, %c32 : index
    %is = arith.cmpi eq, %in, %c5 : index
    %round = math.roundeven %v : f32
    %y = arith.select %is, %c127, %round : f32
    linalg.yield %y : f32
  } -> tensor<11x96xf32>
  %bias = tern.uniform [33] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<11x33xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<11x96xf32>, tensor<3x3x288xi8>)
      extras(%bias : tensor<33xf32>) outs(%e4 : tensor<11x33xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<11x33xf32>
  %product = linalg.matmul ins(%a, %t : tensor<11x96xf32>, tensor<96x33xf32>) outs(%zero : tensor<11x33xf32>) -> tensor<11x33xf32>
  %expected = tern.add %product, %bias : tensor<11x33xf32>, tensor<33xf32>
  check.almost_equal %c, %expected rtol 1.0e-5 atol 5.0e-3 : tensor<11x33xf32>
  return
}

// Rounding A costs 0.4 % of the largest element of its block, per product; 256 of them stay within 0.1 here.
func.func @test_rounded_rows_of_q4_0() {
  %k0 = arith.constant dense<4122803712104384327> : tensor<i64>
  %k1 = arith.constant dense<3152432847913559183> : tensor<i64>
  %zero = arith.constant dense<0.0> : tensor<4x50xf32>
  %w = tern.uniform [50, 256] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<50x8x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<50x256xf32>) outs(%e0 : tensor<50x8x18xi8>) -> tensor<50x8x18xi8>
  %e1 = tensor.empty() : tensor<4x8x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<50x8x18xi8>) outs(%e1 : tensor<4x8x288xi8>) -> tensor<4x8x288xi8>
  %e2 = tensor.empty() : tensor<50x256xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<50x8x18xi8>) outs(%e2 : tensor<50x256xf32>) -> tensor<50x256xf32>
  %t = tern.transpose %wide [1, 0] : tensor<50x256xf32>
  %a = tern.uniform [4, 256] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [50] from -1.0 to 1.0 key %k0 : f32
  %e4 = tensor.empty() : tensor<4x50xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<4x256xf32>, tensor<4x8x288xi8>)
      extras(%bias : tensor<50xf32>) outs(%e4 : tensor<4x50xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<4x50xf32>
  %product = linalg.matmul ins(%a, %t : tensor<4x256xf32>, tensor<256x50xf32>) outs(%zero : tensor<4x50xf32>) -> tensor<4x50xf32>
  %expected = tern.add %product, %bias : tensor<4x50xf32>, tensor<50xf32>
  check.almost_equal %c, %expected rtol 0.0 atol 0.1 : tensor<4x50xf32>
  return
}

// More rows than tiles that share a panel, k in several parts, a last panel of half the width: near the product of numbers,
// and the same bits as a few of the rows alone.
func.func @test_many_rows_of_q8_0() {
  %k0 = arith.constant dense<3141592653589793> : tensor<i64>
  %k1 = arith.constant dense<3141604999268694> : tensor<i64>
  %w = tern.uniform [90, 1120] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<90x35x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<90x1120xf32>) outs(%e0 : tensor<90x35x34xi8>) -> tensor<90x35x34xi8>
  %e1 = tensor.empty() : tensor<6x35x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<90x35x34xi8>) outs(%e1 : tensor<6x35x544xi8>) -> tensor<6x35x544xi8>
  %a = tern.uniform [101, 1120] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [90] from -1.0 to 1.0 key %k0 : f32
  %e2 = tensor.empty() : tensor<101x90xf32>
  %c = tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : tensor<101x1120xf32>, tensor<6x35x544xi8>)
      extras(%bias : tensor<90xf32>) outs(%e2 : tensor<101x90xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<101x90xf32>
  %a0 = tern.slice %a offsets [0, 0] sizes [7, 1120] : tensor<101x1120xf32>
  %c0 = tern.slice %c offsets [0, 0] sizes [7, 90] : tensor<101x90xf32>
  %o0 = tensor.empty() : tensor<7x90xf32>
  %d0 = tern_kernel.contract init(zero) blocks(q8_0) ins(%a0, %p : tensor<7x1120xf32>, tensor<6x35x544xi8>)
      extras(%bias : tensor<90xf32>) outs(%o0 : tensor<7x90xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<7x90xf32>
  check.equal %c0, %d0 : tensor<7x90xf32>
  %a1 = tern.slice %a offsets [50, 0] sizes [8, 1120] : tensor<101x1120xf32>
  %c1 = tern.slice %c offsets [50, 0] sizes [8, 90] : tensor<101x90xf32>
  %o1 = tensor.empty() : tensor<8x90xf32>
  %d1 = tern_kernel.contract init(zero) blocks(q8_0) ins(%a1, %p : tensor<8x1120xf32>, tensor<6x35x544xi8>)
      extras(%bias : tensor<90xf32>) outs(%o1 : tensor<8x90xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<8x90xf32>
  check.equal %c1, %d1 : tensor<8x90xf32>
  %a2 = tern.slice %a offsets [96, 0] sizes [5, 1120] : tensor<101x1120xf32>
  %c2 = tern.slice %c offsets [96, 0] sizes [5, 90] : tensor<101x90xf32>
  %o2 = tensor.empty() : tensor<5x90xf32>
  %d2 = tern_kernel.contract init(zero) blocks(q8_0) ins(%a2, %p : tensor<5x1120xf32>, tensor<6x35x544xi8>)
      extras(%bias : tensor<90xf32>) outs(%o2 : tensor<5x90xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<5x90xf32>
  check.equal %c2, %d2 : tensor<5x90xf32>
  %e3 = tensor.empty() : tensor<90x1120xf32>
  %wide = tern_kernel.dequantize q8_0 ins(%q : tensor<90x35x34xi8>) outs(%e3 : tensor<90x1120xf32>) -> tensor<90x1120xf32>
  %t = tern.transpose %wide [1, 0] : tensor<90x1120xf32>
  %product = tern.matmul %a, %t : tensor<101x1120xf32>, tensor<1120x90xf32>
  %expected = tern.add %product, %bias : tensor<101x90xf32>, tensor<90xf32>
  check.almost_equal %c, %expected rtol 0.0 atol 0.3 : tensor<101x90xf32>
  return
}

// The same with whole panels.
func.func @test_many_rows_of_q4_0() {
  %k0 = arith.constant dense<2718281828459045> : tensor<i64>
  %k1 = arith.constant dense<2718294174137946> : tensor<i64>
  %w = tern.uniform [64, 2048] from -1.0 to 1.0 key %k0 : f32
  %e0 = tensor.empty() : tensor<64x64x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<64x2048xf32>) outs(%e0 : tensor<64x64x18xi8>) -> tensor<64x64x18xi8>
  %e1 = tensor.empty() : tensor<4x64x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<64x64x18xi8>) outs(%e1 : tensor<4x64x288xi8>) -> tensor<4x64x288xi8>
  %a = tern.uniform [23, 2048] from -1.0 to 1.0 key %k1 : f32
  %bias = tern.uniform [64] from -1.0 to 1.0 key %k0 : f32
  %e2 = tensor.empty() : tensor<23x64xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : tensor<23x2048xf32>, tensor<4x64x288xi8>)
      extras(%bias : tensor<64xf32>) outs(%e2 : tensor<23x64xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<23x64xf32>
  %a0 = tern.slice %a offsets [0, 0] sizes [7, 2048] : tensor<23x2048xf32>
  %c0 = tern.slice %c offsets [0, 0] sizes [7, 64] : tensor<23x64xf32>
  %o0 = tensor.empty() : tensor<7x64xf32>
  %d0 = tern_kernel.contract init(zero) blocks(q4_0) ins(%a0, %p : tensor<7x2048xf32>, tensor<4x64x288xi8>)
      extras(%bias : tensor<64xf32>) outs(%o0 : tensor<7x64xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<7x64xf32>
  check.equal %c0, %d0 : tensor<7x64xf32>
  %a1 = tern.slice %a offsets [11, 0] sizes [8, 2048] : tensor<23x2048xf32>
  %c1 = tern.slice %c offsets [11, 0] sizes [8, 64] : tensor<23x64xf32>
  %o1 = tensor.empty() : tensor<8x64xf32>
  %d1 = tern_kernel.contract init(zero) blocks(q4_0) ins(%a1, %p : tensor<8x2048xf32>, tensor<4x64x288xi8>)
      extras(%bias : tensor<64xf32>) outs(%o1 : tensor<8x64xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<8x64xf32>
  check.equal %c1, %d1 : tensor<8x64xf32>
  %a2 = tern.slice %a offsets [18, 0] sizes [5, 2048] : tensor<23x2048xf32>
  %c2 = tern.slice %c offsets [18, 0] sizes [5, 64] : tensor<23x64xf32>
  %o2 = tensor.empty() : tensor<5x64xf32>
  %d2 = tern_kernel.contract init(zero) blocks(q4_0) ins(%a2, %p : tensor<5x2048xf32>, tensor<4x64x288xi8>)
      extras(%bias : tensor<64xf32>) outs(%o2 : tensor<5x64xf32>) {
  ^bb0(%acc: f32, %x: f32):
    %y = arith.addf %acc, %x : f32
    tern_kernel.yield %y : f32
  } -> tensor<5x64xf32>
  check.equal %c2, %d2 : tensor<5x64xf32>
  %e3 = tensor.empty() : tensor<64x2048xf32>
  %wide = tern_kernel.dequantize q4_0 ins(%q : tensor<64x64x18xi8>) outs(%e3 : tensor<64x2048xf32>) -> tensor<64x2048xf32>
  %t = tern.transpose %wide [1, 0] : tensor<64x2048xf32>
  %product = tern.matmul %a, %t : tensor<23x2048xf32>, tensor<2048x64xf32>
  %expected = tern.add %product, %bias : tensor<23x64xf32>, tensor<64xf32>
  check.almost_equal %c, %expected rtol 0.0 atol 0.4 : tensor<23x64xf32>
  return
}

// What the out held is added; a row of zeros has no scale.
func.func @test_zeros_onto_out() {
  %k = arith.constant dense<872000670934051067> : tensor<i64>
  %a = arith.constant dense<0.0> : tensor<2x32xf32>
  %w = tern.uniform [16, 32] from -1.0 to 1.0 key %k : f32
  %old = tern.uniform [2, 16] from -1.0 to 1.0 key %k : f32
  %e0 = tensor.empty() : tensor<16x1x34xi8>
  %q = tern_kernel.quantize q8_0 ins(%w : tensor<16x32xf32>) outs(%e0 : tensor<16x1x34xi8>) -> tensor<16x1x34xi8>
  %e1 = tensor.empty() : tensor<1x1x544xi8>
  %p = tern_kernel.interleave q8_0 ins(%q : tensor<16x1x34xi8>) outs(%e1 : tensor<1x1x544xi8>) -> tensor<1x1x544xi8>
  %expected = tern.add %old, %old : tensor<2x16xf32>, tensor<2x16xf32>
  %twice = tern.add %old, %old : tensor<2x16xf32>, tensor<2x16xf32>
  %c = tern_kernel.contract init(add) blocks(q8_0) ins(%a, %p : tensor<2x32xf32>, tensor<1x1x544xi8>) outs(%twice : tensor<2x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<2x16xf32>
  check.equal %c, %expected : tensor<2x16xf32>
  return
}

// What is no number in A is none in the product.
func.func @test_nan() {
  %k = arith.constant dense<3868543628328157695> : tensor<i64>
  %nan = arith.constant dense<0x7fc00000> : tensor<1x32xf32>
  %expected = arith.constant dense<0x7fc00000> : tensor<1x16xf32>
  %w = tern.uniform [16, 32] from 0.5 to 1.0 key %k : f32
  %e0 = tensor.empty() : tensor<16x1x18xi8>
  %q = tern_kernel.quantize q4_0 ins(%w : tensor<16x32xf32>) outs(%e0 : tensor<16x1x18xi8>) -> tensor<16x1x18xi8>
  %e1 = tensor.empty() : tensor<1x1x288xi8>
  %p = tern_kernel.interleave q4_0 ins(%q : tensor<16x1x18xi8>) outs(%e1 : tensor<1x1x288xi8>) -> tensor<1x1x288xi8>
  %e2 = tensor.empty() : tensor<1x16xf32>
  %c = tern_kernel.contract init(zero) blocks(q4_0) ins(%nan, %p : tensor<1x32xf32>, tensor<1x1x288xi8>) outs(%e2 : tensor<1x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<1x16xf32>
  check.almost_equal %c, %expected rtol 0.0 atol 0.0 : tensor<1x16xf32>
  return
}

func.func @two_products(%x: tensor<3x256xf32>, %p: tensor<10x8x544xi8>, %r: tensor<10x8x288xi8>) -> (tensor<3x150xf32>, tensor<3x150xf32>) {
  %e = tensor.empty() : tensor<3x150xf32>
  %y = tern_kernel.contract init(zero) blocks(q8_0) ins(%x, %p : tensor<3x256xf32>, tensor<10x8x544xi8>) outs(%e : tensor<3x150xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<3x150xf32>
  %f = tensor.empty() : tensor<3x150xf32>
  %z = tern_kernel.contract init(zero) blocks(q4_0) ins(%x, %r : tensor<3x256xf32>, tensor<10x8x288xi8>) outs(%f : tensor<3x150xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<3x150xf32>
  return %y, %z : tensor<3x150xf32>, tensor<3x150xf32>
}
check.deterministic @two_products threads [1, 2, 3]
