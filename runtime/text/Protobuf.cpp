// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A field is a key (its number and its wire type) and a value. Groups, which are obsolete, count as damage.

#include "runtime/text/Protobuf.h"

namespace tern::rt {

bool ProtobufReader::next(ProtobufField &field) {
  if (at == message.size() || hasFailed)
    return false;
  size_t end = at;
  field = {};
  hasFailed = !readField(end, field);
  if (!hasFailed)
    at = end;
  return !hasFailed;
}

bool ProtobufReader::readNumber(size_t &end, uint64_t &value) const {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (end == message.size())
      return false;
    uint64_t byte = static_cast<uint8_t>(message[end++]);
    if (shift == 63 && byte > 1)
      return false;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80)
      return true;
  }
  return false;
}

bool ProtobufReader::readFixed(size_t &end, size_t bytes, uint64_t &value) const {
  if (message.size() - end < bytes)
    return false;
  value = 0;
  for (size_t index = bytes; index-- > 0;)
    value = value << 8 | static_cast<uint8_t>(message[end + index]);
  end += bytes;
  return true;
}

bool ProtobufReader::readField(size_t &end, ProtobufField &field) const {
  uint64_t key = 0, length = 0;
  if (!readNumber(end, key) || key >> 3 == 0)
    return false;
  field.number = key >> 3;
  switch (key & 7) {
  case 0:
    field.kind = ProtobufField::Kind::Number;
    return readNumber(end, field.value);
  case 1:
    field.kind = ProtobufField::Kind::Eight;
    return readFixed(end, 8, field.value);
  case 2:
    field.kind = ProtobufField::Kind::Bytes;
    if (!readNumber(end, length) || length > message.size() - end)
      return false;
    field.bytes = message.substr(end, length);
    end += length;
    return true;
  case 5:
    field.kind = ProtobufField::Kind::Four;
    return readFixed(end, 4, field.value);
  default:
    return false;
  }
}

} // namespace tern::rt
