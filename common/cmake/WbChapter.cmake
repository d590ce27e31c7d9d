# wb_add_chapter(NN_name) turns a directory under chapters/ into programs and
# tests. Nothing else is needed to add a chapter.
#
#   NN_name.bad NN_name.good       the two programs, targets of those names;
#                                  they take --trace FILE (wb/trace.h)
#   NN_name.difference             CMocka: bad fails as it should, good does not
#   NN_name.exercise               the learner's copy; Skipped until attempted
#   NN_name.solution               the reference solution passes
#   NN_name.starter                the starter fails for its declared reason
#   NN_name.rejects.<mistake>      so does every file of tests/wrong/NN_name/
#
# When test_difference.c asks for WB_BAD_TSAN, bad and good are also built under
# ThreadSanitizer, as NN_name.bad.tsan and NN_name.good.tsan. Their paths are
# WB_BAD_TSAN and WB_GOOD_TSAN, or "" where that cannot be had.
#
# The last four run the one judge, test_exercise.c, through `workbook judge`,
# which compiles the candidate at that moment with the flags of this build.

# Can a program be built under ThreadSanitizer? Not beside another sanitizer.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -fsanitize=thread)
check_c_source_compiles("int main(void) { return 0; }" WB_COMPILES_TSAN)
unset(CMAKE_REQUIRED_FLAGS)
set(WB_HAS_TSAN OFF)
if(WB_COMPILES_TSAN AND NOT WB_SANITIZER MATCHES "address")
  set(WB_HAS_TSAN ON)
endif()

# All that `workbook check` needs besides the learner's file.
add_custom_target(judges)
add_dependencies(judges wb_explore_check wb_explore wb_testkit wb)

# wb_write_judge_conf(TARGET FILE [SECONDS]) writes down how this build compiles
# TARGET, an object library made of one judge, what a judge is linked with, and
# how long its run may take at least.
# common/workbook/conf.h says what the lines mean.
function(wb_write_judge_conf target file)
  set(words "$<TARGET_PROPERTY:${target},COMPILE_OPTIONS>")
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND
                     "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}}")
  set(defines "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  set(includes "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
  set(links)
  foreach(library wb_explore_check wb_explore wb_testkit wb)
    list(APPEND links $<TARGET_FILE:${library}>)
  endforeach()
  list(APPEND links -Wl,--as-needed ${CMOCKA_LINK_LIBRARIES} -luv -ldw -lelf
       -lpthread -lm)
  list(JOIN flags "\ncflag=" flags)
  list(JOIN links "\nlink=" links)
  file(GENERATE OUTPUT ${file} CONTENT
"# Written by wb_write_judge_conf(); read by `workbook judge`.
compiler=${CMAKE_C_COMPILER}
cflag=-std=c17
cflag=${flags}
cflag=$<JOIN:${words},\ncflag=>
cflag=-D$<JOIN:${defines},\ncflag=-D>
include=$<JOIN:${includes},\ninclude=>
judge=$<TARGET_OBJECTS:${target}>
link=${links}
seconds=${ARGN}
")
endfunction()

# Only the program itself is instrumented; the locks of the library are seen.
function(wb_add_tsan_program name which)
  add_executable(${name}.${which}.tsan ${name}/${which}.c)
  set_target_properties(${name}.${which}.tsan PROPERTIES
      OUTPUT_NAME ${which}.tsan
      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${name})
  target_compile_options(${name}.${which}.tsan PRIVATE -fsanitize=thread -g)
  target_link_options(${name}.${which}.tsan PRIVATE -fsanitize=thread)
  target_link_libraries(${name}.${which}.tsan PRIVATE wb wb_flags)
endfunction()

function(wb_add_chapter name)
  set(dir ${CMAKE_CURRENT_SOURCE_DIR}/${name})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name})
  if(NOT name MATCHES "^[0-9][0-9]_[a-z0-9_]+$")
    message(FATAL_ERROR "wb_add_chapter(${name}): a chapter is named NN_name")
  endif()
  foreach(file README.md bad.c good.c test_difference.c exercise.h starter.c
               test_exercise.c hints.md)
    if(NOT EXISTS ${dir}/${file})
      message(FATAL_ERROR "wb_add_chapter(${name}): ${name}/${file} is missing")
    endif()
  endforeach()
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/solutions/${name}/exercise.c)
    message(FATAL_ERROR
            "wb_add_chapter(${name}): solutions/${name}/exercise.c is missing")
  endif()

  # bad, good, and whatever other program the chapter shows.
  file(GLOB programs CONFIGURE_DEPENDS RELATIVE ${dir} ${dir}/*.c)
  list(REMOVE_ITEM programs starter.c exercise.c test_difference.c
       test_exercise.c)
  list(TRANSFORM programs REPLACE "\\.c$" "")
  set(targets)
  foreach(which ${programs})
    add_executable(${name}.${which} ${dir}/${which}.c)
    set_target_properties(${name}.${which} PROPERTIES
                          OUTPUT_NAME ${which} RUNTIME_OUTPUT_DIRECTORY ${out})
    target_link_libraries(${name}.${which} PRIVATE wb_traced wb wb_flags)
    list(APPEND targets ${name}.${which})
  endforeach()

  add_executable(${name}.test_difference ${dir}/test_difference.c)
  set_target_properties(${name}.test_difference PROPERTIES
      OUTPUT_NAME test_difference RUNTIME_OUTPUT_DIRECTORY ${out})
  target_compile_definitions(${name}.test_difference PRIVATE
      WB_CHAPTER_DIR="${dir}"
      WB_PROGRAMS="${out}"
      WB_BAD="$<TARGET_FILE:${name}.bad>"
      WB_GOOD="$<TARGET_FILE:${name}.good>")
  file(STRINGS ${dir}/test_difference.c asks REGEX "WB_BAD_TSAN")
  if(asks AND WB_HAS_TSAN)
    foreach(which bad good)
      wb_add_tsan_program(${name} ${which})
      list(APPEND targets ${name}.${which}.tsan)
    endforeach()
    target_compile_definitions(${name}.test_difference PRIVATE
        WB_BAD_TSAN="$<TARGET_FILE:${name}.bad.tsan>"
        WB_GOOD_TSAN="$<TARGET_FILE:${name}.good.tsan>")
  elseif(asks)
    target_compile_definitions(${name}.test_difference PRIVATE
                               WB_BAD_TSAN="" WB_GOOD_TSAN="")
  endif()
  target_link_libraries(${name}.test_difference PRIVATE
                        wb_explore_check wb_testkit wb wb_flags)
  add_dependencies(${name}.test_difference ${targets})
  add_test(NAME ${name}.difference COMMAND ${name}.test_difference)

  # The judge is compiled once; `workbook judge` links it with a candidate.
  add_library(${name}.judge OBJECT ${dir}/test_exercise.c)
  target_compile_definitions(${name}.judge PRIVATE WB_CHAPTER_DIR="${dir}")
  target_link_libraries(${name}.judge PRIVATE wb_explore_check wb_testkit wb
                        wb_flags)

  # Editors find the learner's file in compile_commands.json before it exists.
  add_library(${name}.editor OBJECT EXCLUDE_FROM_ALL
              ${dir}/exercise.c ${dir}/starter.c)
  set_source_files_properties(${dir}/exercise.c PROPERTIES GENERATED TRUE)
  target_link_libraries(${name}.editor PRIVATE wb wb_flags)

  # The explorer comes to an end by itself, and says what loops or is stuck. A
  # clock would only reject what is right where the machine is slow. But it must
  # be all that runs the candidate.
  set(seconds)
  file(READ ${dir}/test_exercise.c text)
  string(FIND "${text}" "#else /* the program that is explored */" explored)
  string(FIND "${text}" "#include \"exercise.h\"" used)
  if(explored GREATER_EQUAL 0 AND used GREATER explored)
    set(seconds 200)
  endif()
  wb_write_judge_conf(${name}.judge ${out}/judge.conf ${seconds})
  add_dependencies(judges ${name}.judge)

  set(judge $<TARGET_FILE:workbook> judge ${name})
  add_test(NAME ${name}.exercise COMMAND ${judge} ${dir}/exercise.c --learner)
  set_property(TEST ${name}.exercise PROPERTY SKIP_RETURN_CODE 77)
  add_test(NAME ${name}.solution
           COMMAND ${judge} ${PROJECT_SOURCE_DIR}/solutions/${name}/exercise.c)
  add_test(NAME ${name}.starter
           COMMAND ${judge} ${dir}/starter.c --expect-rejection)
  set(tests ${name}.difference ${name}.exercise ${name}.solution
            ${name}.starter)
  file(GLOB wrong CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/tests/wrong/${name}/*.c)
  foreach(file ${wrong})
    get_filename_component(mistake ${file} NAME_WE)
    add_test(NAME ${name}.rejects.${mistake}
             COMMAND ${judge} ${file} --expect-rejection)
    list(APPEND tests ${name}.rejects.${mistake})
  endforeach()

  set_tests_properties(${tests} PROPERTIES LABELS chapter TIMEOUT 120)
  # A difference may be the proof of many programs in one test. A higher COST
  # begins earlier: then no processor waits for the last test alone.
  set_tests_properties(${name}.difference PROPERTIES TIMEOUT 300 COST 10
                       ENVIRONMENT WB_WATCHDOG_SECONDS=250)
  # A clock must not reject what is right, however slow the machine is.
  set_tests_properties(${name}.solution PROPERTIES TIMEOUT 300 COST 10
                       ENVIRONMENT WB_JUDGE_SECONDS=250)
  set_tests_properties(${name}.exercise PROPERTIES TIMEOUT 300)
  set_property(TEST ${name}.exercise APPEND PROPERTY LABELS exercise)
  set_property(TEST ${name}.solution APPEND PROPERTY LABELS solution)
  set_property(TEST ${name}.starter APPEND PROPERTY LABELS rejects)
  foreach(test ${tests})
    if(test MATCHES "\\.rejects\\.")
      set_property(TEST ${test} APPEND PROPERTY LABELS rejects)
      # Where a sanitizer or the kernel does not let the judge play the scene.
      set_property(TEST ${test} PROPERTY SKIP_RETURN_CODE 77)
    endif()
  endforeach()
endfunction()
