// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files: what is read, what is refused, and that a failed write leaves the old file alone.

#include "runtime/core/Files.h"

#include "../Support.h"

#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tern::rt::test {

namespace {

class Files : public FileTest {};

// Lowers the size limit of files, as a disk that fills up would.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before); }

private:
  rlimit before;
};

size_t filesIn(const std::string &directory) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

TEST_F(Files, maps_content_and_emptiness) {
  auto mapped = MappedFile::open(file("a", "hello"));
  ASSERT_SUCCESS(mapped);
  EXPECT_EQ(mapped->text(), "hello");
  mapped->dropPages();
  EXPECT_EQ(mapped->text(), "hello");
  auto empty = MappedFile::open(file("b", ""));
  ASSERT_SUCCESS(empty);
  EXPECT_EQ(empty->bytes().size(), 0u);
}

TEST_F(Files, refuses_what_is_no_file) {
  EXPECT_FAILURE(MappedFile::open(path("missing")), path("missing"), "No such file", "check the spelling");
  EXPECT_FAILURE(MappedFile::open(directory), "not a regular file");
  EXPECT_FAILURE(MappedFile::open("/dev/zero"), "not a regular file");
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_FAILURE(MappedFile::open(path("pipe")), "not a regular file");
}

TEST_F(Files, replaces_a_file_at_once) {
  std::string target = file("a", "old");
  {
    auto fresh = AtomicFile::create(target);
    ASSERT_SUCCESS(fresh);
    ASSERT_SUCCESS(fresh->write("ne"));
    EXPECT_EQ(contentOf(target), "old");
    ASSERT_SUCCESS(fresh->write("w"));
    ASSERT_SUCCESS(fresh->commit());
  }
  EXPECT_EQ(contentOf(target), "new");
  EXPECT_EQ(filesIn(directory), 1u);
}

TEST_F(Files, an_abandoned_write_changes_nothing) {
  std::string target = file("a", "old");
  {
    auto fresh = AtomicFile::create(target);
    ASSERT_SUCCESS(fresh);
    ASSERT_SUCCESS(fresh->write("new"));
  }
  EXPECT_EQ(contentOf(target), "old");
  EXPECT_EQ(filesIn(directory), 1u);
}

TEST_F(Files, a_full_disk_leaves_the_old_file) {
  std::string target = file("a", "old");
  FileSizeLimit limit(4096);
  EXPECT_FAILURE(writeFile(target, std::string(10000, 'x')), "cannot write '" + target, "File too large");
  EXPECT_EQ(contentOf(target), "old");
  EXPECT_EQ(filesIn(directory), 1u);
}

TEST_F(Files, overwrites_what_a_killed_process_left) {
  std::string target = file("a", "old");
  file("a.tmp", "a much longer half-written file");
  ASSERT_SUCCESS(writeFile(target, "new"));
  EXPECT_EQ(contentOf(target), "new");
  EXPECT_EQ(filesIn(directory), 1u);
}

TEST_F(Files, two_writers_of_one_file_do_not_mix) {
  auto first = AtomicFile::create(path("a"));
  ASSERT_SUCCESS(first);
  EXPECT_FAILURE(AtomicFile::create(path("a")), "written by another process");
  ASSERT_SUCCESS(first->write("1"));
  ASSERT_SUCCESS(first->commit());
  ASSERT_SUCCESS(writeFile(path("a"), "2"));
  EXPECT_EQ(contentOf(path("a")), "2");
}

TEST_F(Files, never_replaces_a_device_or_directory) {
  EXPECT_FAILURE(writeFile("/dev/full", "x"), "not a regular file");
  EXPECT_FAILURE(writeFile(directory, "x"), "not a regular file");
  EXPECT_FAILURE(writeFile(path("no/such/place"), "x"), "cannot create", "No such file");
}

TEST_F(Files, reads_back_what_it_wrote) {
  std::string content("a\0b\n", 4);
  ASSERT_SUCCESS(writeFile(path("a"), content));
  auto read = readFile(path("a"));
  ASSERT_SUCCESS(read);
  EXPECT_EQ(*read, content);
}

TEST_F(Files, makes_directories) {
  ASSERT_SUCCESS(makeDirectories(path("x/y/z")));
  ASSERT_SUCCESS(makeDirectories(path("x/y/z")));
  EXPECT_TRUE(fileExists(path("x/y/z")));
  file("plain", "");
  EXPECT_FAILURE(makeDirectories(path("plain")), "cannot create directory");
}

Status fillWith(const std::string &where, std::string_view content) { return writeFile(where + "/file", content); }

TEST_F(Files, replaces_a_directory_at_once) {
  for (const char *content : {"one", "two"})
    ASSERT_SUCCESS(replaceDirectory(path("d"), [&](const std::string &where) { return fillWith(where, content); }));
  EXPECT_EQ(contentOf(path("d/file")), "two");
  EXPECT_EQ(filesIn(directory), 1u);
}

TEST_F(Files, a_failed_fill_keeps_the_old_directory) {
  ASSERT_SUCCESS(replaceDirectory(path("d"), [&](const std::string &where) { return fillWith(where, "old"); }));
  auto failing = [&](const std::string &where) -> Status {
    TERN_TRY(fillWith(where, "half"));
    return error("the disk is full");
  };
  EXPECT_FAILURE(replaceDirectory(path("d"), failing), "the disk is full");
  EXPECT_EQ(contentOf(path("d/file")), "old");
  EXPECT_EQ(filesIn(directory), 1u);
}

TEST_F(Files, recovers_a_directory_that_was_moved_aside) {
  ASSERT_SUCCESS(makeDirectories(path("d.old")));
  ASSERT_SUCCESS(makeDirectories(path("d.new")));
  file("d.old/file", "old");
  ASSERT_SUCCESS(recoverDirectory(path("d")));
  EXPECT_EQ(contentOf(path("d/file")), "old");
  EXPECT_EQ(filesIn(directory), 1u);
}

} // namespace

} // namespace tern::rt::test
