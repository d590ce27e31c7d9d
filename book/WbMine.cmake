# The reader's own copy of the pages, for wb_add_book() (WbBook.cmake): the same
# pages in OUT/mine with his progress in them. OUT/html knows nothing of it.
#
#   TARGET-mine   the pages, from what was captured
#   TARGET-here   forgets what was captured on another machine, or recorded
#   TARGET-again  forgets all that was captured
macro(wb_book_mine)
  set(mine ${book_OUT}/mine)
  add_custom_target(${target}-here
      COMMAND sh ${book_dir}/here.sh ${work}/captures here VERBATIM)
  add_custom_target(${target}-again
      COMMAND sh ${book_dir}/here.sh ${work}/captures again VERBATIM)
  # Asked again by each build: the state of the reader is no file of the build.
  add_custom_target(${target}-progress
      COMMAND sh ${book_dir}/progress.sh "${book_WORKBOOK}" ${book_ROOT}
              ${work}/progress.json
      BYPRODUCTS ${work}/progress.json VERBATIM)
  file(MAKE_DIRECTORY ${mine})
  foreach(shared api img src style)
    file(CREATE_LINK ${html}/${shared} ${mine}/${shared} SYMBOLIC)
  endforeach()
  add_custom_command(OUTPUT ${mine}/index.html
      COMMAND ${WB_PANDOC} -f markdown -t plain -o ${work}/mine.log
              -L ${book_dir}/lua/mine.lua -M manifest=${manifest}
              -M progress=${work}/progress.json -M to=${mine} /dev/null
      DEPENDS ${work}/checked ${work}/progress.json ${lua}
              ${html}/style/book.css
      COMMENT "Writing your progress into your copy of the book" VERBATIM)
  add_custom_target(${target}-mine DEPENDS ${mine}/index.html)
  add_dependencies(${target}-mine ${target} ${target}-progress)
  foreach(run IN LISTS book_RUNS)
    if(TARGET ${run})
      add_dependencies(${target}-progress ${run})
    endif()
  endforeach()
endmacro()
