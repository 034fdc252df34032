# Installs headers, documentation and the CMake package by which other projects
# find SPIQ. Archives, tools and the plugin are installed where they are
# declared.

include(CMakePackageConfigHelpers)

set(package_dir "lib/cmake/SPIQ")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/spiq"
                  "${PROJECT_BINARY_DIR}/include/spiq"
  DESTINATION include
  FILES_MATCHING PATTERN "*.h" PATTERN "*.inc" PATTERN "*.td"
  PATTERN "CMakeFiles" EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/"
  DESTINATION share/doc/spiq
  FILES_MATCHING PATTERN "*.md" PATTERN "*.c")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/SPIQConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/${package_dir}/SPIQConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/${package_dir}/SPIQConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/${package_dir}/SPIQConfig.cmake"
  "${PROJECT_BINARY_DIR}/${package_dir}/SPIQConfigVersion.cmake"
  DESTINATION "${package_dir}")
install(EXPORT SPIQTargets NAMESPACE SPIQ:: DESTINATION "${package_dir}")
