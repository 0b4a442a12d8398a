// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the runtime reports failure: a `Status` or a `Result<T>` that holds either the value or one message. A message
// names the file or option, the place in it, what was found and what to do. Only cli/ prints messages and exits.

#ifndef TERN_RUNTIME_CORE_RESULT_H
#define TERN_RUNTIME_CORE_RESULT_H

#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace tern::rt {

struct Error {
  std::string message;
};

// error("cannot open '", path, "': ", reason)
template <typename... Parts>
[[nodiscard]] Error error(const Parts &...parts) {
  std::ostringstream text;
  (text << ... << parts);
  return Error{text.str()};
}

// Success, or the message of a failure.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(Error failure) : failure(std::move(failure)) {}

  bool ok() const { return !failure; }
  explicit operator bool() const { return ok(); }
  const std::string &message() const { return failure->message; } // only when !ok()
  Error takeError() { return std::move(*failure); }               // only when !ok()

private:
  std::optional<Error> failure;
};

inline Status success() { return {}; }

// A value, or the message of a failure. Dereference only when ok().
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : value(std::move(value)) {}
  Result(Error failure) : failure(std::move(failure)) {}

  bool ok() const { return value.has_value(); }
  explicit operator bool() const { return ok(); }
  T &operator*() { return *value; }
  const T &operator*() const { return *value; }
  T *operator->() { return &*value; }
  const T *operator->() const { return &*value; }
  T take() { return std::move(*value); }
  const std::string &message() const { return failure.message; }
  Error takeError() { return std::move(failure); }

private:
  std::optional<T> value;
  Error failure;
};

} // namespace tern::rt

#define TERN_CONCAT_INNER(a, b) a##b
#define TERN_CONCAT(a, b) TERN_CONCAT_INNER(a, b)

// TERN_TRY(statusExpression): returns its error from the enclosing function.
#define TERN_TRY(expression)                                                                                           \
  do {                                                                                                                 \
    if (auto tryStatus = (expression); !tryStatus.ok())                                                                \
      return tryStatus.takeError();                                                                                    \
  } while (false)

// TERN_ASSIGN(auto file, MappedFile::open(path)): the value, or returns the error from the enclosing function.
#define TERN_ASSIGN(target, expression) TERN_ASSIGN_INNER(TERN_CONCAT(tryResult, __LINE__), target, expression)
#define TERN_ASSIGN_INNER(result, target, expression)                                                                  \
  auto result = (expression);                                                                                          \
  if (!result.ok())                                                                                                    \
    return result.takeError();                                                                                         \
  target = result.take()

#endif // TERN_RUNTIME_CORE_RESULT_H
