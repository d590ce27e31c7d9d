# wb_add_book(TARGET ...) makes a book of Markdown pages and chapters.
#
#   ROOT dir          the repository; every file below is relative to it
#   OUT dir           where html/ and what the build keeps go
#   BEFORE files      pages before the chapters; the first must be index
#   CHAPTERS names    directories of ROOT/chapters, in order
#   AFTER files       pages after them
#   APPENDICES files  pages after those, counted with letters
#   HEADERS files     what the API reference describes
#   SOURCES files     files whose regions must all be shown somewhere
#   PENDING entries   "CHAPTER:FILE": the regions of FILE wait for a chapter
#                     that is not written yet; then they must be shown
#   COMING names      chapters not written yet: links to them stay words
#   MEASURED file     what `workbook bench` has recorded; beside it is what
#                     record.sh has, CHAPTER/*.txt; neither need be there
#   WORKBOOK path     the program that captures run
#   RUNS targets      what must be built before programs are captured
#
# A page is remade when its README or a file it shows changes; a program is run
# again when a source it is made from changes. Without pandoc and doxygen the
# target says what to install.

set(WB_BOOK_DIR ${CMAKE_CURRENT_LIST_DIR})
find_program(WB_PANDOC pandoc)
find_program(WB_DOXYGEN doxygen)
include(${CMAKE_CURRENT_LIST_DIR}/WbFormats.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/WbMine.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/WbRecord.cmake)

function(wb_add_book target)
  cmake_parse_arguments(PARSE_ARGV 1 book "" "ROOT;OUT;WORKBOOK;MEASURED"
      "BEFORE;CHAPTERS;AFTER;APPENDICES;COMING;HEADERS;SOURCES;PENDING;RUNS")
  get_filename_component(measured_dir ${book_ROOT}/${book_MEASURED} DIRECTORY)
  if(NOT WB_PANDOC OR NOT WB_DOXYGEN)
    set(lack "The book needs pandoc and doxygen: apt install pandoc doxygen")
    foreach(name ${target} ${target}-single ${target}-epub ${target}-pdf
                 ${target}-all ${target}-mine ${target}-here ${target}-again
                 ${target}-record ${target}-recorded)
      add_custom_target(${name}
          COMMAND ${CMAKE_COMMAND} -E echo ${lack}
          COMMAND ${CMAKE_COMMAND} -E echo "Then configure: cmake --fresh."
          COMMAND ${CMAKE_COMMAND} -E false VERBATIM)
    endforeach()
    return()
  endif()

  set(pandoc ${WB_PANDOC} --fail-if-warnings)
  set(book_dir ${WB_BOOK_DIR})
  set(html ${book_OUT}/html)
  set(work ${book_OUT}/work)
  set(api_dir ${work}/api)
  file(MAKE_DIRECTORY ${html}/src ${html}/img ${html}/api ${html}/style
       ${work}/pages)
  wb_book_manifest()
  wb_book_shared()
  wb_book_reference()
  set(made "")
  set(showing "") # the pages that may show a verdict
  wb_book_record()
  file(MAKE_DIRECTORY ${work}/run ${work}/captures)
  file(CREATE_LINK ${CMAKE_BINARY_DIR}/chapters ${work}/run/chapters SYMBOLIC)
  foreach(name IN LISTS book_CHAPTERS)
    wb_book_captures(${name})
    wb_book_page(${name} chapters/${name}/README.md ${work}/captures/${name}.ok)
    list(APPEND showing ${work}/pages/${name}.facts)
  endforeach()
  foreach(file IN LISTS book_BEFORE book_AFTER book_APPENDICES)
    get_filename_component(name ${file} NAME_WE)
    if(name STREQUAL "failures")
      wb_book_page(${name} ${file} ${work}/verdicts)
    else()
      wb_book_page(${name} ${file} "")
      list(APPEND showing ${work}/pages/${name}.facts)
    endif()
  endforeach()
  add_custom_command(OUTPUT ${work}/verdicts
      COMMAND ${book_dir}/verdicts.sh ${work}/verdicts ${showing}
      DEPENDS ${showing} ${book_dir}/verdicts.sh
      COMMENT "Collecting the verdicts" VERBATIM)
  wb_book_check()
  add_custom_target(${target} DEPENDS ${work}/checked ${html}/style/book.css)
  wb_book_formats()
  wb_book_mine()
endfunction()

# What the Lua filters know of the book; remade only when it changes.
macro(wb_book_manifest)
  set(manifest ${work}/manifest)
  set(lines "root\t${book_ROOT}\nbuild\t${CMAKE_BINARY_DIR}\nhtml\t${html}\n")
  string(APPEND lines "captures\t${work}/captures\n"
         "outline\t${work}/outline\nstyle\t${book_dir}/style\n"
         "verdicts\t${work}/verdicts\n"
         "api\t${work}/api.txt\napi_raw\t${api_dir}/html\n"
         "api_pages\t${api_dir}/pages.txt\n")
  # Only when it is there, so that pages that lack it are remade once it is.
  file(GLOB measured CONFIGURE_DEPENDS ${book_ROOT}/${book_MEASURED})
  if(book_MEASURED AND measured)
    string(APPEND lines "measured\t${book_MEASURED}\n")
  endif()
  foreach(file IN LISTS book_BEFORE)
    get_filename_component(name ${file} NAME_WE)
    string(APPEND lines "page\t${name}\t${file}\n")
  endforeach()
  set(readmes "")
  foreach(name IN LISTS book_CHAPTERS)
    string(APPEND lines "page\t${name}\tchapters/${name}/README.md\n")
    list(APPEND readmes ${book_ROOT}/chapters/${name}/README.md)
  endforeach()
  foreach(file IN LISTS book_AFTER)
    get_filename_component(name ${file} NAME_WE)
    string(APPEND lines "page\t${name}\t${file}\n")
  endforeach()
  foreach(file IN LISTS book_APPENDICES)
    get_filename_component(name ${file} NAME_WE)
    string(APPEND lines "page\t${name}\t${file}\tappendix\n")
  endforeach()
  foreach(entry IN LISTS book_PENDING)
    string(REPLACE ":" ";" entry "${entry}")
    list(GET entry 0 name)
    if(NOT name IN_LIST book_CHAPTERS)
      list(GET entry 1 file)
      string(APPEND lines "pending\t${file}\n")
    endif()
  endforeach()
  foreach(name IN LISTS book_COMING)
    string(APPEND lines "coming\tchapters/${name}/README.md\n")
  endforeach()
  foreach(file IN LISTS book_SOURCES)
    string(APPEND lines "source\t${file}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${manifest} CONTENT "${lines}" @ONLY)
  file(GLOB lua CONFIGURE_DEPENDS ${book_dir}/lua/*.lua)

  set(texts ${book_BEFORE} ${book_AFTER} ${book_APPENDICES})
  list(TRANSFORM texts PREPEND ${book_ROOT}/)
  add_custom_command(OUTPUT ${work}/outline
      COMMAND ${book_dir}/outline.sh ${manifest} ${book_ROOT} ${work}/outline
      DEPENDS ${manifest} ${readmes} ${texts} ${book_dir}/outline.sh
      COMMENT "Reading the titles" VERBATIM)
endmacro()

# Styles and scripts. What styles.lua makes goes over the copy of its source.
macro(wb_book_shared)
  file(GLOB styles CONFIGURE_DEPENDS ${book_dir}/style/*)
  add_custom_command(OUTPUT ${html}/style/book.css ${work}/paper.css
      COMMAND ${CMAKE_COMMAND} -E copy ${styles} ${html}/style
      COMMAND ${pandoc} -f markdown -t plain -o ${work}/styles.log
              -L ${book_dir}/lua/styles.lua -M style=${book_dir}/style
              -M screen=${html}/style/book.css -M paper=${work}/paper.css
              /dev/null
      DEPENDS ${styles} ${lua} COMMENT "Making the styles" VERBATIM)
endmacro()

macro(wb_book_reference)
  set(headers ${book_HEADERS})
  list(TRANSFORM headers PREPEND ${book_ROOT}/)
  set(api_inputs "")
  foreach(file IN LISTS headers ITEMS ${book_dir}/api/mainpage.dox)
    string(APPEND api_inputs " \\\n    \"${file}\"")
  endforeach()
  configure_file(${book_dir}/Doxyfile.in ${work}/Doxyfile @ONLY)
  add_custom_command(OUTPUT ${api_dir}/pages.txt ${api_dir}/wb.tag
      COMMAND ${book_dir}/reference.sh ${WB_DOXYGEN} ${work}/Doxyfile
              ${api_dir} ${book_ROOT}
      DEPENDS ${work}/Doxyfile ${headers} ${book_dir}/reference.sh
              ${book_dir}/api/mainpage.dox ${book_dir}/api/header.html
              ${book_dir}/api/footer.html
      COMMENT "Making the API reference" VERBATIM)
  add_custom_command(OUTPUT ${work}/api.txt
      COMMAND ${pandoc} -f markdown -t plain -o ${work}/api.log
              -L ${book_dir}/lua/api.lua -M tags=${api_dir}/wb.tag
              -M out=${work}/api.txt /dev/null
      DEPENDS ${api_dir}/wb.tag ${lua}
      COMMENT "Listing the names of the API" VERBATIM)
endmacro()

# The sources that decide what a chapter's programs print. `workbook run` would
# bring its program up to date with a build inside this build, were it given a
# directory with a build.ninja; in work/run it finds just the programs.
macro(wb_book_captures name)
  file(GLOB sources CONFIGURE_DEPENDS
       ${book_ROOT}/chapters/${name}/*.[ch]
       ${book_ROOT}/common/include/wb/*.h
       ${book_ROOT}/common/src/*.[chS] ${book_ROOT}/common/explore/*.[chS]
       ${book_ROOT}/common/workbook/*.[ch])
  list(FILTER sources EXCLUDE REGEX "/exercise\\.c$") # the learner's
  set(listed "")
  foreach(file IN LISTS sources)
    file(RELATIVE_PATH file ${book_ROOT} ${file})
    string(APPEND listed "${file}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${work}/captures/${name}.sources CONTENT "${listed}"
       @ONLY)
  set(programs "")
  foreach(file IN LISTS sources)
    get_filename_component(program ${file} NAME_WE)
    if(TARGET ${name}.${program})
      list(APPEND programs ${name}.${program})
    endif()
  endforeach()
  add_custom_command(OUTPUT ${work}/captures/${name}.asks
      COMMAND ${book_dir}/asks.sh ${book_ROOT} ${name}
              ${work}/captures/${name}.asks
      DEPENDS ${book_ROOT}/chapters/${name}/README.md ${book_dir}/asks.sh
      COMMENT "Reading what ${name} shows" VERBATIM)
  file(GLOB recorded CONFIGURE_DEPENDS ${measured_dir}/${name}/*.txt)
  set(scripts ${book_dir}/programs.sh ${book_dir}/measure.sh)
  set(needs ${work}/captures/${name}.asks ${sources} ${programs} ${scripts}
      ${work}/captures/${name}.sources
      ${CMAKE_BINARY_DIR}/chapters/${name}/judge.conf ${book_RUNS})
  set(arguments ${book_ROOT} ${name} ${work}/captures/${name} ${measured_dir}
      < ${work}/captures/${name}.sources)
  add_custom_command(OUTPUT ${work}/captures/${name}.ok
      COMMAND ${CMAKE_COMMAND} -E env WORKBOOK_BUILD=${work}/run
              sh ${book_dir}/capture.sh "${book_WORKBOOK}" ${arguments}
      DEPENDS ${needs} ${recorded} ${book_dir}/capture.sh
      COMMENT "Running the programs of ${name}" VERBATIM)
  wb_book_record_chapter(${name})
endmacro()

macro(wb_book_page name file captures)
  add_custom_command(OUTPUT ${html}/${name}.html ${work}/pages/${name}.facts
      COMMAND ${pandoc} -f gfm+sourcepos+attributes+smart-tex_math_dollars
              -t html5 --no-highlight --wrap=preserve
              --template=${book_dir}/template.html
              -L ${book_dir}/lua/weave.lua -M manifest=${manifest}
              -M page=${name} -M facts=${work}/pages/${name}.facts
              -M depfile=${work}/pages/${name}.d
              -o ${html}/${name}.html ${book_ROOT}/${file}
      DEPENDS ${book_ROOT}/${file} ${captures} ${manifest} ${work}/outline
              ${work}/api.txt ${lua} ${book_dir}/template.html
              ${book_dir}/source.html
      DEPFILE ${work}/pages/${name}.d
      COMMENT "Weaving ${name}" VERBATIM)
  list(APPEND made ${html}/${name}.html ${work}/pages/${name}.facts)
endmacro()

macro(wb_book_check)
  set(sources ${book_SOURCES})
  list(TRANSFORM sources PREPEND ${book_ROOT}/)
  add_custom_command(OUTPUT ${work}/checked
      COMMAND ${pandoc} -f markdown -t plain -o ${work}/check.log
              -L ${book_dir}/lua/check.lua -M manifest=${manifest}
              -M facts=${work}/pages -M seen=${work}/seen
              -M stamp=${work}/checked /dev/null
      DEPENDS ${made} ${sources} ${manifest} ${api_dir}/pages.txt ${lua}
              ${html}/style/book.css
      COMMENT "Checking links, ids and regions" VERBATIM)
endmacro()
