# The half of the explorer that lives inside the explored program. It switches
# stacks under the feet of whatever it runs, so it is not sanitized as the rest.
add_library(wb_explore_rt SHARED
  rt_main.c rt_step.c rt_search.c rt_workers.c rt_part.c rt_sample.c
  rt_follow.c rt_commute.c rt_reduce.c rt_memory.c rt_atomic.c rt_sync.c
  rt_lock.c rt_thread.c rt_exit.c rt_keys.c rt_c11.c rt_heap.c rt_io.c rt_poll.c
  rt_time.c rt_libc.c rt_string.c rt_signal.c rt_print.c rt_fiber.c
  rt_report.c rt_stuck.c rt_record.c rt_graph.c rt_entry.c rt_frame.c rt_spin.c
  rt_cycle.c
  ../src/verdict.c
  ../src/fiber_switch.c)
target_compile_features(wb_explore_rt PRIVATE c_std_17)
target_compile_definitions(wb_explore_rt PRIVATE _GNU_SOURCE)
target_include_directories(wb_explore_rt PRIVATE
  ${PROJECT_SOURCE_DIR}/common/include)
target_compile_options(wb_explore_rt PRIVATE ${WB_WARNINGS} -O2 -g
  -fvisibility=hidden -fno-omit-frame-pointer -fno-stack-protector
  -fno-strict-aliasing $<$<BOOL:${WB_MAINTAINER}>:-Werror>)
# It runs on stacks that AddressSanitizer knows nothing of, but its own
# arithmetic can be checked. There is no library to report to in the explored
# program: undefined behaviour is an illegal instruction, and so a crash.
if(WB_SANITIZER STREQUAL "address")
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(trap -fsanitize-undefined-trap-on-error)
  else()
    set(trap -fsanitize-trap=undefined)
  endif()
  target_compile_options(wb_explore_rt PRIVATE -fsanitize=undefined ${trap})
endif()
target_link_options(wb_explore_rt PRIVATE -Wl,-z,now)
target_link_libraries(wb_explore_rt PRIVATE Threads::Threads)

# A step is made of many small functions in many files: inlined, they take a
# tenth less time. The switch of stacks is assembly, which must stay as it is.
include(CheckIPOSupported)
check_ipo_supported(RESULT inlines LANGUAGES C OUTPUT why_not)
if(inlines AND CMAKE_C_COMPILER_ID STREQUAL "GNU" AND
   NOT WB_SANITIZER STREQUAL "address" AND # the linker would forget to trap
   NOT WB_MAINTAINER) # clang-tidy does not take gcc's flags for it
  set_target_properties(wb_explore_rt PROPERTIES
                        INTERPROCEDURAL_OPTIMIZATION ON)
  target_link_options(wb_explore_rt PRIVATE -O2)
  set_source_files_properties(../src/fiber_switch.c rt_entry.c PROPERTIES
                              COMPILE_OPTIONS -fno-lto)
endif()
