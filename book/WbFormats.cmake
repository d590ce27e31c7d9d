# The formats beside the HTML pages, for wb_add_book() (WbBook.cmake): one HTML
# file, EPUB, PDF. A format whose tool is missing says what to install; the
# other formats are built.

find_program(WB_WEASYPRINT weasyprint)
find_program(WB_EPUBCHECK epubcheck)

# Run a filter of lua/ that makes a file of the finished pages.
macro(wb_book_whole name filter out comment)
  add_custom_command(OUTPUT ${out}
      COMMAND ${pandoc} -f markdown -t plain -o ${work}/${name}.log
              -L ${book_dir}/lua/${filter}.lua -M manifest=${manifest}
              -M style=${book_dir}/style -M paper=${work}/paper.css
              -M edition=${work}/edition -M to=${out} /dev/null
      DEPENDS ${work}/checked ${work}/edition ${work}/paper.css ${lua}
              ${prints} ${html}/style/book.css ${book_dir}/template.html
      COMMENT "${comment}" VERBATIM)
endmacro()

# The edition is read again by each build that needs it: commits touch no file
# of the book.
macro(wb_book_edition)
  add_custom_target(${target}-edition
      COMMAND ${book_dir}/edition.sh ${book_ROOT} ${work}/edition
      BYPRODUCTS ${work}/edition VERBATIM)
endmacro()

macro(wb_book_epub)
  set(epub ${book_OUT}/interleave.epub)
  wb_book_whole(epub epub ${epub} "Making the EPUB")
  set(done ${epub})
  if(WB_EPUBCHECK)
    set(done ${work}/epub.checked)
    add_custom_command(OUTPUT ${done}
        COMMAND ${book_dir}/check_epub.sh ${WB_EPUBCHECK} ${epub} ${done}
        DEPENDS ${epub} ${book_dir}/check_epub.sh
        COMMENT "Checking the EPUB" VERBATIM)
  else()
    list(APPEND missing
         "The EPUB is unchecked: it needs epubcheck (apt install epubcheck)")
  endif()
  add_custom_target(${target}-epub DEPENDS ${done})
endmacro()

macro(wb_book_pdf)
  set(pdf ${book_OUT}/interleave.pdf)
  if(WB_WEASYPRINT)
    wb_book_whole(pdf paper ${work}/paper.html "Laying out the PDF")
    add_custom_command(OUTPUT ${pdf}
        COMMAND ${book_dir}/make_pdf.sh ${WB_WEASYPRINT} ${work}/paper.html
                ${html} ${work}/edition ${pdf}
        DEPENDS ${work}/paper.html ${book_dir}/make_pdf.sh
        COMMENT "Making the PDF (half a minute)" VERBATIM)
    add_custom_target(${target}-pdf DEPENDS ${pdf})
  else()
    set(lack "There is no PDF: it needs weasyprint (apt install weasyprint)")
    list(APPEND missing ${lack})
    add_custom_target(${target}-pdf
        COMMAND ${CMAKE_COMMAND} -E echo ${lack}
        COMMAND ${CMAKE_COMMAND} -E echo "Then configure again: cmake --fresh."
        COMMAND ${CMAKE_COMMAND} -E false VERBATIM)
  endif()
endmacro()

# Targets TARGET-single, TARGET-epub, TARGET-pdf, and TARGET-all, which makes
# all that the tools allow and says what it lacks. OUT/missing says so, too.
macro(wb_book_formats)
  set(missing "")
  file(GLOB prints CONFIGURE_DEPENDS ${book_dir}/print/*)
  wb_book_edition()
  wb_book_whole(single single ${book_OUT}/interleave.html
                "Making the book of one file")
  add_custom_target(${target}-single DEPENDS ${book_OUT}/interleave.html)
  wb_book_epub()
  wb_book_pdf()
  add_custom_target(${target}-all)
  add_dependencies(${target}-all ${target} ${target}-single ${target}-epub)
  foreach(format single epub pdf)
    add_dependencies(${target}-${format} ${target} ${target}-edition)
  endforeach()
  if(WB_WEASYPRINT)
    add_dependencies(${target}-all ${target}-pdf)
  endif()
  set(lines "")
  foreach(lack IN LISTS missing)
    string(APPEND lines "${lack}\n")
    add_custom_command(TARGET ${target}-all POST_BUILD
        COMMAND ${CMAKE_COMMAND} -E echo ${lack} VERBATIM)
  endforeach()
  file(CONFIGURE OUTPUT ${book_OUT}/missing CONTENT "${lines}" @ONLY)
endmacro()
