# Compiler flags for everything the project builds, in one interface target.
#
#   wb_flags         language level, warnings, the sanitizer of this build
#   WB_SANITIZER     "", "address" (with leaks and UBSan) or "thread"
#   WB_MAINTAINER    warnings become errors
#   WB_FIBER         how coroutines change stacks: "assembly" or "ucontext"

set(WB_SANITIZER "" CACHE STRING "Sanitizer: empty, address or thread")
set_property(CACHE WB_SANITIZER PROPERTY STRINGS "" address thread)
option(WB_MAINTAINER "Treat warnings as errors" OFF)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|aarch64|arm64)$")
  set(WB_FIBER assembly CACHE STRING "Switch of stacks: assembly or ucontext")
else()
  set(WB_FIBER ucontext CACHE STRING "Switch of stacks: assembly or ucontext")
endif()
set_property(CACHE WB_FIBER PROPERTY STRINGS assembly ucontext)
if(NOT WB_FIBER MATCHES "^(assembly|ucontext)$")
  message(FATAL_ERROR "WB_FIBER is \"${WB_FIBER}\": "
          "use assembly or ucontext")
endif()

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
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv)

add_library(wb_flags INTERFACE)
target_compile_features(wb_flags INTERFACE c_std_17)
target_compile_definitions(wb_flags INTERFACE _GNU_SOURCE)
target_compile_options(wb_flags INTERFACE ${WB_WARNINGS} ${WB_SANITIZE_FLAGS}
                       $<$<BOOL:${WB_MAINTAINER}>:-Werror>)
# Who uses no coroutine need not load libuv.
target_link_options(wb_flags INTERFACE ${WB_SANITIZE_FLAGS}
                    LINKER:--as-needed)
target_link_libraries(wb_flags INTERFACE Threads::Threads)
set(CMAKE_C_EXTENSIONS OFF)
