# A room is a static library whose headers can be included only by what links it: each has an include directory
# of its own, with one link to its sources. Without USES a header of another room is "No such file".

# A directory that holds `path` (as it is written in an include) alone, for the targets that link `target`.
function(room_view target path source)
  set(view ${PROJECT_BINARY_DIR}/include/${target})
  get_filename_component(parent ${view}/${path} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${source} ${view}/${path} SYMBOLIC)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${view}>)
endfunction()

# room(http SOURCES server.cpp ... USES exporter_base PRIVATE ZLIB::ZLIB): the library exporter_http, of the
# headers exporter/http/... in this directory. Two libraries may share a directory.
function(room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;PRIVATE" ${ARGN})
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_library(exporter_${name} STATIC ${ROOM_SOURCES})
  room_view(exporter_${name} exporter/${folder} ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(exporter_${name} PUBLIC ${ROOM_USES} PRIVATE ${ROOM_PRIVATE} ganesha_warnings)
endfunction()
