// Standard output and standard error as a command line tool must treat them. Whoever reads may
// have gone (`| head -1`): the run goes on in silence and its exit status still says how it ended.
// A full disk is an error that must not look like success.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/expected.h"

namespace twin::cli {

// Once, before anything is opened or written: a reader that leaves does not end the program, and a
// standard stream that was closed is /dev/null, so that no file of ours takes its number.
void prepare_streams();
void print(std::string_view text);
// "kafka-twin: what; what would be right" on standard error.
void complain(std::string_view text);
void complain(const sim::Error& error);
// The same, and the exit status that says so.
int bad_input(const sim::Error& error);
// The whole text or nothing: an existing file stands until the new one is whole. What is no file (a
// pipe, /dev/stdout) is written to as it is.
sim::Expected<void> write_file(const std::string& path, std::string_view text);
// Error: `path` is one of the files that the command reads (the same device and inode), so that
// writing it would destroy what was played. Asked before anything is played.
sim::Expected<void> not_an_input(const std::string& path, const std::vector<std::string>& inputs);
// The status that the program ends with: the command's own, unless what it printed was lost.
int close_output(int status);

}  // namespace twin::cli
