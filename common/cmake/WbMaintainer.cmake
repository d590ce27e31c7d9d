# Checks for those who change the project.
#
#   check-format   every C file is as clang-format leaves it
#   check-style    what .clang-format cannot say; see tests/style
#   check-tidy     clang-tidy finds nothing that .clang-tidy asks about
#
# With WB_MAINTAINER, which the preset maintainer sets, the first two are
# tests as well: style.format and style.text. The third takes minutes.

set(WB_STYLE_DIR ${PROJECT_SOURCE_DIR}/tests/style)
add_custom_target(check-format USES_TERMINAL
    COMMAND sh ${WB_STYLE_DIR}/check_format.sh ${PROJECT_SOURCE_DIR})
add_custom_target(check-style USES_TERMINAL
    COMMAND sh ${WB_STYLE_DIR}/check_style.sh ${PROJECT_SOURCE_DIR})
add_custom_target(check-tidy USES_TERMINAL
    COMMAND sh ${WB_STYLE_DIR}/check_tidy.sh ${PROJECT_SOURCE_DIR}
            ${PROJECT_BINARY_DIR})

if(WB_MAINTAINER)
  add_test(NAME style.format
           COMMAND sh ${WB_STYLE_DIR}/check_format.sh ${PROJECT_SOURCE_DIR})
  add_test(NAME style.text
           COMMAND sh ${WB_STYLE_DIR}/check_style.sh ${PROJECT_SOURCE_DIR})
  add_test(NAME style.refuses
           COMMAND sh ${WB_STYLE_DIR}/test_style.sh ${WB_STYLE_DIR}
                   ${PROJECT_BINARY_DIR})
  set_tests_properties(style.format style.text style.refuses PROPERTIES
                       LABELS style TIMEOUT 300)
endif()
