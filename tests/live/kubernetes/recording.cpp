#include "tests/live/kubernetes/recording.h"

#include <fstream>

#include <nlohmann/json.hpp>

namespace twin::live_test {

namespace {

using Json = nlohmann::ordered_json;

// An answer's text as the value that it is: readable in the file, and the same bytes of meaning.
Json as_json(const std::string& text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? Json(text) : parsed;
}

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

bool Recording::write(const std::string& path) const {
  std::ofstream file(path);
  for (const Exchange& each : exchanges) {
    Json line;
    line["case"] = each.case_name;
    line["request"] = each.method + " " + each.target;
    if (!each.body.empty()) line["body"] = as_json(each.body);
    line["status"] = each.status;
    if (each.watch) {
      Json lines = Json::array();
      for (size_t from = 0; from < each.answer.size();) {
        const size_t to = std::min(each.answer.find('\n', from), each.answer.size());
        lines.push_back(as_json(each.answer.substr(from, to - from)));
        from = to + 1;
      }
      line["watch"] = lines;
    } else {
      line["answer"] = as_json(each.answer);
    }
    file << line.dump() << '\n';
  }
  return file.good();
}

bool Recording::read(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  while (std::getline(file, text)) {
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object() || !line.contains("request")) return false;
    Exchange each;
    each.case_name = line.value("case", "");
    const std::string request = line["request"];
    each.method = request.substr(0, request.find(' '));
    each.target = request.substr(request.find(' ') + 1);
    if (line.contains("body")) each.body = as_text(line["body"]);
    each.status = line.value("status", 0);
    each.watch = line.contains("watch");
    if (each.watch) {
      for (const Json& event : line["watch"]) each.answer += as_text(event) + "\n";
    } else {
      each.answer = as_text(line["answer"]);
    }
    exchanges.push_back(std::move(each));
  }
  return !exchanges.empty();
}

std::vector<Exchange> Recording::of(const std::string& case_name) const {
  std::vector<Exchange> out;
  for (const Exchange& each : exchanges)
    if (each.case_name == case_name) out.push_back(each);
  return out;
}

void Recorder::on_request(controller::CallId call, const controller::live::HttpRequest& request) {
  open_.emplace_back(call, recording_.exchanges.size());
  Exchange each;
  each.case_name = case_name_;
  each.method = request.method;
  each.target = request.target;
  each.body = request.body;
  each.watch = request.stream;
  recording_.exchanges.push_back(std::move(each));
}

void Recorder::on_bytes(controller::CallId call, std::string_view bytes) {
  for (const auto& [id, at] : open_) {
    if (id != call) continue;
    recording_.exchanges[at].status = 200;
    recording_.exchanges[at].answer += bytes;
  }
}

void Recorder::on_answer(controller::CallId call, const controller::live::HttpAnswer& answer) {
  for (const auto& [id, at] : open_) {
    if (id != call || !recording_.exchanges[at].answer.empty()) continue;
    recording_.exchanges[at].status = answer.status;
    recording_.exchanges[at].answer = answer.body;
  }
}

}  // namespace twin::live_test
