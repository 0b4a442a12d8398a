// Attention in f32 over several blocks of keys and tiles of queries, against its formula from primitives: sizes that divide
// nothing, groups, masks, lengths, positions, dropout.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=3
