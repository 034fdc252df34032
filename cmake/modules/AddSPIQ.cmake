# Target helpers shared by lib/, tools/ and test/.

# Compiler flags that every SPIQ target gets: LLVM's exception policy, strict
# IEEE arithmetic (scales and multipliers must not depend on the compiler) and
# the warning level.
function(spiq_set_compile_options target)
  target_compile_options(${target} PRIVATE
    -fno-exceptions -ffp-contract=off -Wall -Wextra -Wno-unused-parameter
    -Wcast-qual -Wnon-virtual-dtor)
  target_compile_definitions(${target} PRIVATE ${SPIQ_LLVM_DEFINITIONS})
  if(SPIQ_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(SPIQ_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${SPIQ_SANITIZE} -fno-omit-frame-pointer
      # LLVM's libraries are built without the type information this needs.
      -fno-sanitize=vptr)
    target_link_options(${target} PRIVATE -fsanitize=${SPIQ_SANITIZE})
  endif()
endfunction()

separate_arguments(SPIQ_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")

# add_spiq_library(<name> sources... [DEPENDS tablegen targets...]
#                  [LINK_LIBS libraries...])
# Declares a static SPIQ library, installed and exported as SPIQ::<name>.
function(add_spiq_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_library(SPIQ::${name} ALIAS ${name})
  spiq_set_compile_options(${name})
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:include>)
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} MLIR LLVM)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  set_property(GLOBAL APPEND PROPERTY SPIQ_EXPORTED_LIBS ${name})
  set_property(GLOBAL APPEND PROPERTY SPIQ_TEST_DEPENDS ${name})
  install(TARGETS ${name} EXPORT SPIQTargets ARCHIVE DESTINATION lib)
endfunction()

# add_spiq_tool(<name> sources... [LINK_LIBS libraries...])
# Declares an executable placed in <build>/bin, built for the tests and
# installed.
function(add_spiq_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  spiq_set_compile_options(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  set_property(GLOBAL APPEND PROPERTY SPIQ_TEST_DEPENDS ${name})
  install(TARGETS ${name} EXPORT SPIQTargets RUNTIME DESTINATION bin)
endfunction()
