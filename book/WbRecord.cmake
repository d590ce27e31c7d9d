# What differs from run to run is recorded; for wb_add_book() (WbBook.cmake).
#
#   TARGET-record     records again what is stale, and what never was, in the
#                     directory of MEASURED, which is in the repository
#   TARGET-recorded   shows again what is recorded, after TARGET-mine
macro(wb_book_record)
  add_custom_target(${target}-record)
  add_custom_target(${target}-recorded
      COMMAND sh ${book_dir}/here.sh ${work}/captures recorded VERBATIM)
endmacro()

# One after another: they measure.
macro(wb_book_record_chapter name)
  add_custom_target(${target}-record-${name}
      COMMAND ${CMAKE_COMMAND} -E env WORKBOOK_BUILD=${work}/run
              sh ${book_dir}/record.sh "${book_WORKBOOK}" ${arguments}
      DEPENDS ${needs} ${book_dir}/record.sh USES_TERMINAL VERBATIM)
  add_dependencies(${target}-record ${target}-record-${name})
endmacro()
