//===- Npy.cpp - .npy files -------------------------------------*- C++ -*-===//
//
// NumPy's array format, versions 1 to 3: a magic word, the length of a header,
// the header (a Python dictionary), the values.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
//===----------------------------------------------------------------------===//

#include "Tensor.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

namespace spiq::run {

static constexpr char kMagic[] = "\x93NUMPY";
static constexpr size_t kMagicSize = 6;

/// The text behind `'key':` in the header; empty if there is no such key.
static std::string getField(const std::string &header, const std::string &key) {
  size_t at = header.find("'" + key + "'");
  if (at == std::string::npos)
    return "";
  at = header.find(':', at);
  if (at == std::string::npos)
    return "";
  at = header.find_first_not_of(' ', at + 1);
  if (at == std::string::npos)
    return "";
  size_t end = header[at] == '('    ? header.find(')', at)
               : header[at] == '\'' ? header.find('\'', at + 1)
                                    : header.find_first_of(",}", at);
  if (end == std::string::npos)
    return "";
  return header.substr(at, end - at);
}

static std::optional<spiq_type> getType(const std::string &text) {
  struct Entry {
    const char *text;
    spiq_type type;
  };
  static const Entry entries[] = {{"'<f4", SPIQ_F32},
                                  {"'|i1", SPIQ_I8},
                                  {"'|u1", SPIQ_U8},
                                  {"'<i4", SPIQ_I32},
                                  {"'<i8", SPIQ_I64}};
  for (const Entry &entry : entries)
    if (text == entry.text)
      return entry.type;
  return std::nullopt;
}

/// Parses `(1, 3, 8`; false if that is not what `text` is.
static bool parseShape(const std::string &text, std::vector<int64_t> &shape) {
  if (text.empty() || text[0] != '(')
    return false;
  const char *cursor = text.c_str() + 1;
  while (true) {
    cursor += std::strspn(cursor, " ,");
    if (*cursor == '\0')
      return true;
    char *end = nullptr;
    long long size = std::strtoll(cursor, &end, 10);
    if (end == cursor || size < 0 || size > (1LL << 31))
      return false;
    shape.push_back(size);
    cursor = end;
  }
}

/// Finds the header in `file`; returns the position of the values, 0 on error.
static size_t findHeader(const std::vector<uint8_t> &file,
                         std::string &header) {
  if (file.size() < kMagicSize + 4 ||
      std::memcmp(file.data(), kMagic, kMagicSize) != 0)
    return 0;
  size_t lengthBytes = file[kMagicSize] == 1 ? 2 : 4;
  size_t begin = kMagicSize + 2 + lengthBytes;
  if (file.size() < begin)
    return 0;
  size_t length = 0;
  for (size_t i = lengthBytes; i-- > 0;)
    length = length * 256 + file[kMagicSize + 2 + i];
  if (length > file.size() - begin)
    return 0;
  header.assign(file.begin() + begin, file.begin() + begin + length);
  return begin + length;
}

std::optional<Tensor> readNpy(const std::string &path, std::string &error) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    error = "cannot read '" + path + "'";
    return std::nullopt;
  }
  std::vector<uint8_t> file((std::istreambuf_iterator<char>(stream)),
                            std::istreambuf_iterator<char>());
  std::string header;
  size_t begin = findHeader(file, header);
  if (begin == 0) {
    error = "'" + path + "' is not a .npy file";
    return std::nullopt;
  }
  std::string typeText = getField(header, "descr");
  std::optional<spiq_type> type = getType(typeText);
  if (!type) {
    error = "'" + path + "' holds elements of type " + typeText +
            "'; use float32, int8, uint8, int32 or int64";
    return std::nullopt;
  }
  Tensor tensor;
  tensor.type = *type;
  if (!parseShape(getField(header, "shape"), tensor.shape)) {
    error = "'" + path + "' has a malformed header";
    return std::nullopt;
  }
  if (getField(header, "fortran_order") == "True" && tensor.shape.size() > 1) {
    error =
        "'" + path + "' is in Fortran order; save numpy.ascontiguousarray(x)";
    return std::nullopt;
  }
  size_t bytes = getElementBytes(*type);
  for (int64_t size : tensor.shape) {
    if (size != 0 && bytes > std::numeric_limits<size_t>::max() / size) {
      error = "'" + path + "' has a malformed header";
      return std::nullopt;
    }
    bytes *= size;
  }
  if (file.size() - begin != bytes) {
    error = "'" + path + "' is damaged: " + describe(*type, tensor.shape) +
            " takes " + std::to_string(bytes) + " bytes, but the file holds " +
            std::to_string(file.size() - begin);
    return std::nullopt;
  }
  tensor.bytes.assign(file.begin() + begin, file.end());
  return tensor;
}

std::string writeNpy(const std::string &path, const Tensor &tensor) {
  static const char *const types[] = {"<f4", "|i1", "|u1", "<i4", "<i8"};
  std::string header = std::string("{'descr': '") + types[tensor.type] +
                       "', 'fortran_order': False, 'shape': (";
  for (int64_t size : tensor.shape)
    header += std::to_string(size) + ",";
  header += "), }";
  // The values start at a multiple of 64.
  size_t prefix = kMagicSize + 4;
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header.push_back('\n');

  // Links are followed; a device as /dev/null is written to and stays.
  std::error_code ignored;
  std::string target = std::filesystem::canonical(path, ignored).string();
  if (ignored)
    target = path;
  bool isSpecial = std::filesystem::exists(target, ignored) &&
                   !std::filesystem::is_regular_file(target, ignored);
  std::string temporary = isSpecial ? target : target + ".tmp";
  auto fail = [&] {
    if (!isSpecial)
      std::remove(temporary.c_str());
    return "cannot write '" + path + "'";
  };
  {
    std::ofstream stream(temporary, std::ios::binary);
    const char version[] = {1, 0, static_cast<char>(header.size() & 255),
                            static_cast<char>(header.size() >> 8)};
    stream.write(kMagic, kMagicSize);
    stream.write(version, sizeof(version));
    stream << header;
    stream.write(tensor.as<char>(), tensor.bytes.size());
    stream.close();
    if (!stream)
      return fail();
  }
  if (!isSpecial && std::rename(temporary.c_str(), target.c_str()) != 0)
    return fail();
  return "";
}

} // namespace spiq::run
