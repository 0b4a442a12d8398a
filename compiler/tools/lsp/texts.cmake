# cmake -DPAGES=A;B -DOUTPUT=FILE -P texts.cmake: each page as a raw string of C++, one after the other.
set(text "")
foreach(page ${PAGES})
  file(READ ${page} content)
  string(APPEND text "R\"page(${content})page\",\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
