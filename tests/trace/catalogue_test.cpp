// The catalogue of records is one table; everything that repeats a part of it is held to it here.
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "model/trace/decode.h"
#include "model/trace/records.h"

namespace twin::trace {
namespace {

const FieldInfo* field_of(const RecordInfo& info, std::string_view name) {
  for (const FieldInfo& field : info.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

TEST(Catalogue, EveryTypeHasACodeOfItsOwnAndIsFoundByIt) {
  std::set<uint16_t> codes;
  for (const RecordInfo& info : all_records()) {
    const auto code = static_cast<uint16_t>(info.type);
    EXPECT_TRUE(codes.insert(code).second) << info.name;
    ASSERT_NE(record_info(code), nullptr);
    EXPECT_EQ(record_info(code)->name, info.name);
  }
  EXPECT_EQ(record_info(9999), nullptr);
}

TEST(Catalogue, FieldsAreTheStructsMembersInOrder) {
  const RecordInfo* info = record_info(static_cast<uint16_t>(ReplicaJoinedIsr::kType));
  ASSERT_NE(info, nullptr);
  ASSERT_EQ(info->fields.size(), ReplicaJoinedIsr::count());
  EXPECT_EQ(info->fields[0].name, "partition");
  EXPECT_EQ(info->fields[1].name, "broker");
  EXPECT_EQ(info->fields[2].name, "isr_size");
  const ReplicaJoinedIsr joined{7, 2, 3};
  EXPECT_EQ(fields_of(joined)[1], 2);
}

TEST(Catalogue, AFieldsNameSaysWhatItHolds) {
  const RecordInfo* left = record_info(static_cast<uint16_t>(ReplicaLeftIsr::kType));
  EXPECT_EQ(field_of(*left, "partition")->kind, FieldKind::partition);
  EXPECT_EQ(field_of(*left, "broker")->kind, FieldKind::node);
  EXPECT_EQ(field_of(*left, "leave_reason")->kind, FieldKind::enumeration);
  EXPECT_EQ(field_of(*left, "leave_reason")->enum_name(1), "fenced");
  EXPECT_EQ(field_of(*left, "leave_reason")->enum_name(99), "?");
  const RecordInfo* created = record_info(static_cast<uint16_t>(PodCreated::kType));
  EXPECT_EQ(field_of(*created, "pod_string")->kind, FieldKind::string);
  const RecordInfo* marked = record_info(static_cast<uint16_t>(PodDeletionMarked::kType));
  EXPECT_EQ(field_of(*marked, "grace_ns")->kind, FieldKind::duration);
  const RecordInfo* reply = record_info(static_cast<uint16_t>(ReplyReceived::kType));
  EXPECT_EQ(field_of(*reply, "as_of_ns")->kind, FieldKind::time);
}

TEST(Catalogue, EveryReasonFieldHasNames) {
  for (const RecordInfo& info : all_records()) {
    for (const FieldInfo& field : info.fields) {
      if (!field.name.ends_with("_reason") && !field.name.ends_with("_kind")) continue;
      EXPECT_EQ(field.kind, FieldKind::enumeration) << info.name << "." << field.name;
    }
  }
}

TEST(Catalogue, ARecordOfAnOlderBuildReadsMissingFieldsAsZero) {
  const int64_t fields[] = {7, 2};
  sim::Record record;
  record.type = static_cast<uint16_t>(ReplicaJoinedIsr::kType);
  record.fields = fields;
  const auto joined = decode<ReplicaJoinedIsr>(record);
  EXPECT_EQ(joined.broker, 2);
  EXPECT_EQ(joined.isr_size, 0);
  EXPECT_TRUE(tail_of<ReplicaJoinedIsr>(record).empty());
}

// docs/TRACE.md has a row "| code | Name | `field`, `field` | note |" for every type, and no other.
TEST(Catalogue, TheTraceDocumentListsExactlyTheTypesAndFields) {
  std::ifstream file(TWIN_SOURCE_DIR "/docs/TRACE.md");
  ASSERT_TRUE(file.good());
  std::set<std::string> documented;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| ") && line.size() > 2 && line[2] >= '0' && line[2] <= '9') {
      documented.insert(line.substr(0, line.rfind("| ", line.size() - 3)));
    }
  }
  for (const RecordInfo& info : all_records()) {
    std::ostringstream row;
    row << "| " << static_cast<int>(info.type) << " | " << info.name << " | ";
    for (size_t i = 0; i < info.fields.size(); ++i) {
      row << (i == 0 ? "`" : ", `") << info.fields[i].name << "`";
    }
    row << " ";
    EXPECT_TRUE(documented.contains(row.str())) << "missing row: " << row.str();
  }
  EXPECT_EQ(documented.size(), all_records().size());
}

// ... and a row "| `field` | 0 name, 1 name |" for every enumeration.
TEST(Catalogue, TheTraceDocumentNamesTheValuesOfEveryEnumeration) {
  std::ifstream file(TWIN_SOURCE_DIR "/docs/TRACE.md");
  std::stringstream page;
  page << file.rdbuf();
  std::set<std::string> rows;
  for (const RecordInfo& info : all_records()) {
    for (const FieldInfo& field : info.fields) {
      if (field.kind != FieldKind::enumeration) continue;
      std::string row = "| `" + std::string(field.name) + "` | ";
      for (int64_t value = 0; field.enum_name(value) != "?"; ++value) {
        row += (value == 0 ? "" : ", ") + std::to_string(value) + " " +
               std::string(field.enum_name(value));
      }
      rows.insert(row + " |\n");
    }
  }
  EXPECT_GE(rows.size(), 10U);
  for (const std::string& row : rows) {
    EXPECT_NE(page.str().find(row), std::string::npos) << "missing row: " << row;
  }
}

}  // namespace
}  // namespace twin::trace
