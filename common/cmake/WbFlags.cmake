# Compiler flags for everything the project builds, in one interface target.
#
#   wb_flags         language level, warnings, the sanitizer of this build
#   WB_SANITIZER     "", "address" (with leaks and UBSan) or "thread"
#   WB_MAINTAINER    warnings become errors

set(WB_SANITIZER "" CACHE STRING "Sanitizer: empty, address or thread")
set_property(CACHE WB_SANITIZER PROPERTY STRINGS "" address thread)
option(WB_MAINTAINER "Treat warnings as errors" OFF)

set(WB_WARNINGS -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes
    -Wmissing-prototypes -Wpointer-arith -Wwrite-strings)
set(WB_SANITIZE_FLAGS "")
if(WB_SANITIZER STREQUAL "address")
  set(WB_SANITIZE_FLAGS -fsanitize=address,undefined
      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(WB_SANITIZER STREQUAL "thread")
  set(WB_SANITIZE_FLAGS -fsanitize=thread -fno-omit-frame-pointer)
elseif(NOT WB_SANITIZER STREQUAL "")
  message(FATAL_ERROR "WB_SANITIZER is \"${WB_SANITIZER}\": "
          "use address, thread or nothing")
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

add_library(wb_flags INTERFACE)
target_compile_features(wb_flags INTERFACE c_std_17)
target_compile_definitions(wb_flags INTERFACE _GNU_SOURCE)
target_compile_options(wb_flags INTERFACE ${WB_WARNINGS} ${WB_SANITIZE_FLAGS}
                       $<$<BOOL:${WB_MAINTAINER}>:-Werror>)
target_link_options(wb_flags INTERFACE ${WB_SANITIZE_FLAGS})
target_link_libraries(wb_flags INTERFACE Threads::Threads)
set(CMAKE_C_EXTENSIONS OFF)
