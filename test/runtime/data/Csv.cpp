// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CSV: the grammar, numbers with their places in errors, columns bound to inputs, rows as batches.

#include "runtime/data/Csv.h"

#include "../FakeParts.h"
#include "../FakeProgram.h"
#include "../Support.h"
#include "runtime/data/BatchSource.h"
#include "runtime/data/Columns.h"

namespace tern::rt::test {

namespace {

TEST(Csv, reads_numbers) {
  auto table = parseCsv("1,2.5\r\n-3e2, +4 \n\n5,6", "f");
  ASSERT_SUCCESS(table);
  EXPECT_TRUE(table->header.empty());
  EXPECT_EQ(table->columns, 2);
  EXPECT_EQ(table->rows(), 3);
  EXPECT_EQ(table->values, (std::vector<double>{1, 2.5, -300, 4, 5, 6}));
}

TEST(Csv, reads_headers_and_quotes) {
  auto table = parseCsv("\xef\xbb\xbf\"a, \"\"b\"\"\",\"c\nd\"\n\"1\",2\n", "f");
  ASSERT_SUCCESS(table);
  EXPECT_EQ(table->header, (std::vector<std::string>{"a, \"b\"", "c\nd"}));
  EXPECT_EQ(table->values, (std::vector<double>{1, 2}));
}

TEST(Csv, errors_name_line_and_column) {
  EXPECT_FAILURE(parseCsv("1,2\n3,x4\n", "f.csv"), "f.csv:2:3: \"x4\" is not a finite number");
  EXPECT_FAILURE(parseCsv("1,2\n3,\n", "f.csv"), "f.csv:2:3: a value is missing");
  EXPECT_FAILURE(parseCsv("1,2\n3,", "f.csv"), "f.csv:2:3: a value is missing");
  EXPECT_FAILURE(parseCsv("1,2\n3\n", "f.csv"), "f.csv:2:1: this row has 1 fields, the first one has 2");
  EXPECT_FAILURE(parseCsv("1,2\n1,2,3\n", "f.csv"), "f.csv:2:1: this row has 3 fields");
  EXPECT_FAILURE(parseCsv("1,nan\n", "f.csv"), "f.csv:1:3: \"nan\" is not a finite number");
  EXPECT_FAILURE(parseCsv("1,1e999\n", "f.csv"), "f.csv:1:3");
  EXPECT_FAILURE(parseCsv("1,a\"b\n", "f.csv"), "f.csv:1:4: a quote inside a field");
  EXPECT_FAILURE(parseCsv("1,\"2\"x\n", "f.csv"), "f.csv:1:6: text after the closing quote");
  EXPECT_FAILURE(parseCsv("1\n\"2\n3", "f.csv"), "f.csv:2:1: this quoted field is not closed");
}

TEST(Csv, refuses_files_without_rows) {
  EXPECT_FAILURE(parseCsv("", "f.csv"), "'f.csv' has no rows of numbers");
  EXPECT_FAILURE(parseCsv("a,b\n", "f.csv"), "no rows");
  EXPECT_FAILURE(parseCsv("a,b\nc,d\n", "f.csv"), "f.csv:2:1: \"c\"");
}

std::vector<std::vector<int64_t>> columnsOf(const tern_entry &entry, std::string_view csv) {
  auto bound = bindColumns(entry, *parseCsv(csv, "f"), "f");
  EXPECT_TRUE(bound.ok()) << bound.message();
  std::vector<std::vector<int64_t>> columns;
  for (const ColumnBinding &binding : *bound)
    columns.push_back(binding.columns);
  return columns;
}

// Labels are bound first, then inputs named by a header, features last.
TEST(Columns, labels_are_last_or_named) {
  const tern_entry &grad = regressionProgram().entries[3];
  using Expected = std::vector<std::vector<int64_t>>;
  EXPECT_EQ(columnsOf(grad, "1,2,3\n"), (Expected{{2}, {0, 1}}));
  EXPECT_EQ(columnsOf(grad, "a,b,c\n1,2,3\n"), (Expected{{2}, {0, 1}}));
  EXPECT_EQ(columnsOf(grad, "y,b,c\n1,2,3\n"), (Expected{{0}, {1, 2}}));
  EXPECT_EQ(columnsOf(grad, "b,label,c\n1,2,3\n"), (Expected{{1}, {0, 2}}));
}

TEST(Columns, inputs_may_be_named_by_the_header) {
  tern_tensor tensors[] = {tensor("features", TERN_F32, 0, {4, 1}), tensor("age", TERN_F32, 64, {4})};
  tern_entry entry{"forward", nullptr, tensors, nullptr, 2, 0, 0, 0, nullptr, 0, 0};
  EXPECT_EQ(columnsOf(entry, "age,b,y\n1,2,3\n"), (std::vector<std::vector<int64_t>>{{0}, {1}}));
  EXPECT_FAILURE(bindColumns(entry, *parseCsv("1,2\n", "f"), "f"), "0 columns for input 'age'");
  tensors[1].shape[0] = 5;
  EXPECT_FAILURE(bindColumns(entry, *parseCsv("age,b\n1,2\n", "f"), "f"), "different batch sizes", "'features' 4");
}

TEST(Columns, widths_must_match) {
  const tern_entry &grad = regressionProgram().entries[3];
  EXPECT_FAILURE(bindColumns(grad, *parseCsv("1,2,3,4\n", "f.csv"), "f.csv"), "3 columns for input 'features'",
                 "(4, 2) needs 2", "4 columns in all");
  EXPECT_FAILURE(bindColumns(grad, *parseCsv("y,label,x\n1,2,3\n", "f.csv"), "f.csv"), "2 columns for input 'labels'");
}

class Rows : public FileTest {
protected:
  Rows() : session(Session::create(regressionProgram(), 1).take()), grad(session->program().findEntry("grad")) {
    features = *session->input<float>(*grad, "features");
    labels = *session->input<float>(*grad, "labels");
  }
  Result<std::unique_ptr<BatchSource>> open(const DataOptions &options) const {
    return openData(options, session->program(), *grad, nullptr);
  }
  // Row r is (r, 10 r, 100 r).
  std::string rows(std::string_view name, int count) const {
    std::string text;
    for (int row = 0; row < count; ++row)
      text += std::to_string(row) + "," + std::to_string(10 * row) + "," + std::to_string(100 * row) + "\n";
    return file(name, text);
  }
  std::unique_ptr<Session> session;
  const tern_entry *grad;
  std::span<float> features, labels;
};

TEST_F(Rows, random_rows_stay_together) {
  auto source = open({.files = {rows("a", 50)}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  EXPECT_EQ((*source)->itemsPerBatch(), 4);
  EXPECT_THAT((*source)->description(), testing::HasSubstr("45 training rows, 5 for validation"));
  for (uint64_t step = 0; step < 50; ++step) {
    ASSERT_SUCCESS((*source)->fillRandom({3, step, 0}, *session, *grad));
    for (int row = 0; row < 4; ++row) {
      ASSERT_EQ(features[2 * row + 1], 10 * features[2 * row]);
      ASSERT_EQ(labels[row], 100 * features[2 * row]);
      ASSERT_LT(features[2 * row], 45);
    }
  }
}

TEST_F(Rows, a_batch_of_all_rows_is_in_order) {
  auto source = open({.files = {rows("a", 4)}, .validationFile = ""});
  ASSERT_SUCCESS(source);
  ASSERT_SUCCESS((*source)->fillRandom({3, 1, 0}, *session, *grad));
  EXPECT_THAT(labels, testing::ElementsAre(0, 100, 200, 300));
  EXPECT_EQ((*source)->orderedBatches(Split::Validation), 0);
}

TEST_F(Rows, ordered_rows_count_once_without_a_mask) {
  auto source = open({.files = {rows("a", 3), rows("b", 3)}, .validationFile = rows("v", 1)});
  ASSERT_SUCCESS(source);
  ASSERT_EQ((*source)->orderedBatches(Split::Train), 3); // four rows, then one batch for each of the last two
  EXPECT_EQ(*(*source)->fillOrdered(Split::Train, 0, *session, *grad), 4);
  EXPECT_THAT(labels, testing::ElementsAre(0, 100, 200, 0));
  EXPECT_EQ(*(*source)->fillOrdered(Split::Train, 2, *session, *grad), 1);
  EXPECT_THAT(labels, testing::Each(200.0f));
  EXPECT_EQ((*source)->orderedBatches(Split::Validation), 1);
}

TEST_F(Rows, refuses_what_does_not_fit) {
  EXPECT_FAILURE(open({}), "give --data FILE.csv");
  EXPECT_FAILURE(open({.files = {path("none")}, .validationFile = ""}), "No such file");
  EXPECT_FAILURE(open({.files = {rows("a", 3), file("b", "1,2\n")}, .validationFile = ""}), path("b"),
                 "other columns (2)");
  EXPECT_FAILURE(open({.files = {rows("a", 3)}, .validationFile = file("v", "1,2\n")}), path("v"), "other columns (2)");
}

TEST_F(Rows, integers_must_be_whole) {
  tern_manifest manifest = regressionProgram();
  tern_entry entry = manifest.entries[3];
  tern_tensor tensors[] = {entry.inputs[0], tensor("labels", TERN_I32, entry.inputs[1].offset, {4})};
  entry.inputs = tensors;
  entry.input_count = 2;
  manifest.entries = &entry;
  manifest.entry_count = 1;
  auto integers = Session::create(manifest, 1).take();
  auto fill = [&](std::string_view csv) -> Status {
    TERN_ASSIGN(auto source,
                openData({.files = {file("i", csv)}, .validationFile = ""}, integers->program(), entry, nullptr));
    return source->fillRandom({1, 1, 1}, *integers, entry);
  };
  ASSERT_SUCCESS(fill("1,2,7\n"));
  EXPECT_EQ((*integers->input<int32_t>(entry, "labels"))[3], 7);
  EXPECT_FAILURE(fill("1,2,7.5\n"), "row 1, column 3 of the data is 7.5", "whole numbers (i32)");
  EXPECT_FAILURE(fill("1,2,3e10\n"), "whole numbers");
  tensors[1].dtype = TERN_I8;
  tensors[1].bytes = 4;
  EXPECT_FAILURE(fill("1,2,7\n"), "type i8, which cannot be read from CSV");
}

} // namespace

} // namespace tern::rt::test
