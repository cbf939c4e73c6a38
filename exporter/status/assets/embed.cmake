# Writes OUTPUT from assets.cpp.in, with the files beside it as texts and their hashes.
foreach(file page.css page.js up.svg down.svg)
  string(REPLACE "." "_" name ${file})
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${file} ${name})
  file(SHA256 ${CMAKE_CURRENT_LIST_DIR}/${file} hash)
  string(SUBSTRING ${hash} 0 12 ${name}_hash)
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/assets.cpp.in ${OUTPUT} @ONLY)
