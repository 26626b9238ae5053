# Writes version.hpp into the build folder; called in every build, so that the commit in it is the one being built.
# configure_file leaves an unchanged header alone, so nothing is compiled again without a reason.

set(commit "unknown")
if(EXISTS "${source_dir}/.git")  # Otherwise git might answer for a repository that merely surrounds us.
  execute_process(
    COMMAND git -C "${source_dir}" rev-parse --short=12 HEAD
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit "${answer}")
  endif()
endif()

configure_file("${CMAKE_CURRENT_LIST_DIR}/version.hpp.in" "${header}" @ONLY)
