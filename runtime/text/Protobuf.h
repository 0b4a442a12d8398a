// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a protobuf message, one after the other, every length checked. Knows no message in particular.

#ifndef TERN_RUNTIME_TEXT_PROTOBUF_H
#define TERN_RUNTIME_TEXT_PROTOBUF_H

#include <cstdint>
#include <string_view>

namespace tern::rt {

struct ProtobufField {
  enum class Kind { Number, Eight, Bytes, Four };
  uint64_t number = 0;
  Kind kind = Kind::Number;
  uint64_t value = 0;     // Number, Four, Eight
  std::string_view bytes; // Bytes: a text or a message
};

class ProtobufReader {
public:
  explicit ProtobufReader(std::string_view message) : message(message) {}

  /// False at the end, and when the message is damaged.
  bool next(ProtobufField &field);
  bool failed() const { return hasFailed; }
  size_t place() const { return at; } // of the field that is damaged

private:
  bool readField(size_t &end, ProtobufField &field) const;
  bool readNumber(size_t &end, uint64_t &value) const;
  bool readFixed(size_t &end, size_t bytes, uint64_t &value) const;

  std::string_view message;
  size_t at = 0;
  bool hasFailed = false;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_PROTOBUF_H
