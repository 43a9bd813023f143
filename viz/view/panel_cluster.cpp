// The cluster as it lies: a column a zone, in it the nodes with their pods, machines and volumes;
// over them the connections that catch up, as arrows.
#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "viz/view/frame.h"

namespace twin::viz {

namespace {

constexpr const char* kStar = "\xe2\x98\x85";

struct Tile {
  int64_t id = 0;
  const trace::NodeView* node = nullptr;
  Rect rect;
};

struct Zone {
  std::string name;
  std::vector<int64_t> voters, brokers;  // controllers and ZooKeeper servers; brokers
};

// Where the pod runs, and while it runs nowhere, where its node was defined to be.
std::string zone_of(const Frame& f, int64_t id, const trace::NodeView& node) {
  const auto machine = f.cursor().machines().find(node.kube_node);
  if (machine != f.cursor().machines().end() && !machine->second.zone.empty()) {
    return machine->second.zone;
  }
  const std::string zone = f.cursor().names().zone_of_node(id);
  return zone.empty() ? "no zone" : zone;
}

std::vector<Zone> zones_of(const Frame& f) {
  std::map<std::string, Zone> zones;
  for (const auto& [id, node] : f.cursor().nodes()) {
    if (node.pod_uid == 0) continue;
    Zone& zone = zones[zone_of(f, id, node)];
    ((node.roles & 1) != 0 ? zone.brokers : zone.voters).push_back(id);
  }
  std::vector<Zone> all;
  for (auto& [name, zone] : zones) {
    zone.name = name;
    all.push_back(std::move(zone));
  }
  return all;
}

// How large tiles may be for all of them to fit into the zones' columns.
struct Sizes {
  float broker = 0, voter = 0, gap = 0;
  int brokers_per_row = 1, voters_per_row = 1;
};

Sizes sizes_for(const Frame& f, float height, size_t brokers, size_t voters) {
  Sizes sizes;
  for (int per_row = 1; per_row <= 12; ++per_row) {
    sizes.brokers_per_row = per_row;
    sizes.voters_per_row = voters <= 2 ? 1 : per_row;
    sizes.gap = per_row <= 2 ? f.px(8) : f.px(4);
    const auto rows = [](size_t n, int in_row) {
      return static_cast<float>((n + static_cast<size_t>(in_row) - 1) /
                                static_cast<size_t>(in_row));
    };
    sizes.voter = sizes.voters_per_row <= 2 ? f.px(46) : f.px(22);
    const float room = height - rows(voters, sizes.voters_per_row) * (sizes.voter + sizes.gap);
    const float broker_rows = rows(brokers, per_row);
    sizes.broker = broker_rows == 0 ? 0 : room / broker_rows - sizes.gap;
    const float least = per_row == 1 ? f.px(66) : per_row == 2 ? f.px(48) : f.px(20);
    if (sizes.broker >= least) break;
  }
  sizes.broker = std::min(sizes.broker, f.px(132));
  return sizes;
}

bool leads_quorum(const Frame& f, int64_t id) {
  return id == f.cursor().controller() || id == f.cursor().zookeeper_leader();
}

// One line: what is odd about the pod, or where it runs.
std::string place_of(const Frame& f, const trace::NodeView& node, bool& odd) {
  odd = true;
  if (node.pod_deleting) return "Terminating on " + node.kube_node;
  if (!node.pod_exists) return "pod deleted";
  if (!node.waiting.empty()) return node.waiting;
  const auto machine = f.cursor().machines().find(node.kube_node);
  if (machine != f.cursor().machines().end() && !machine->second.ready) {
    return node.kube_node + " NotReady";
  }
  if (!node.pod_ready && node.running) return "not Ready";
  odd = false;
  return node.kube_node.empty() ? "not scheduled" : node.kube_node;
}

std::vector<const trace::VolumeView*> volumes_of(const Frame& f, const trace::NodeView& node) {
  std::vector<const trace::VolumeView*> found;
  for (const auto& [name, volume] : f.cursor().volumes()) {
    if (!node.pod.empty() && volume.claim.ends_with("-" + node.pod)) found.push_back(&volume);
  }
  return found;
}

// "2.1.0" before "4.3.1" before "10.0": number by number.
bool older(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    int64_t x = 0, y = 0;
    const auto take = [](std::string_view& text, int64_t& number) {
      const size_t dot = std::min(text.find('.'), text.size());
      std::from_chars(text.data(), text.data() + dot, number);
      text.remove_prefix(std::min(dot + 1, text.size()));
    };
    take(a, x);
    take(b, y);
    if (x != y) return x < y;
  }
  return false;
}

// The newest version, while there are several; else "".
std::string newest_of_several(const Frame& f) {
  std::string newest;
  bool several = false;
  for (const auto& [id, node] : f.cursor().nodes()) {
    if (node.version.empty() || (node.roles & 4) != 0) continue;
    several |= !newest.empty() && node.version != newest;
    if (older(newest, node.version)) newest = node.version;
  }
  return several ? newest : std::string();
}

void progress(Frame& f, const Rect& rect, const trace::NodeView& node, ImU32 colour) {
  f.draw->AddRectFilled(rect.low(), rect.high(), f.theme.border, rect.h / 2);
  if (node.replicas <= 0) return;
  const float part = static_cast<float>(node.in_isr) / static_cast<float>(node.replicas);
  const float width = std::max(rect.w * std::clamp(part, 0.0f, 1.0f), rect.h);
  if (node.in_isr > 0) {
    f.draw->AddRectFilled(rect.low(), {rect.x + width, rect.bottom()}, colour, rect.h / 2);
  }
}

class ClusterPanel {
 public:
  ClusterPanel(Frame& f, const Rect& area)
      : f_(f),
        area_(area),
        read_(nodes_read(f)),
        arrows_(arrows_of(f)),
        newest_(newest_of_several(f)) {}

  void draw() {
    const std::vector<Zone> zones = zones_of(f_);
    if (zones.empty()) {
      text(f_, f_.fonts.body, {area_.x, area_.y + area_.h / 2}, f_.theme.dim,
           "No pod of the cluster exists at this moment", area_.w, Align::centre);
      return;
    }
    const float gap = f_.px(12), head = f_.px(24);
    const auto n = static_cast<float>(zones.size());
    const float column = (area_.w - gap * (n - 1)) / n;
    size_t brokers = 0, voters = 0;
    for (const Zone& zone : zones) {
      brokers = std::max(brokers, zone.brokers.size());
      voters = std::max(voters, zone.voters.size());
    }
    const float pad = f_.px(8);
    const Sizes sizes = sizes_for(f_, area_.h - head - pad, brokers, voters);
    float x = area_.x;
    for (const Zone& zone : zones) {
      zone_column(zone, {x, area_.y, column, area_.h}, head, pad, sizes);
      x += column + gap;
    }
    flows();
    for (const Tile& tile : tiles_) tile_tooltip(tile);
  }

 private:
  void zone_column(const Zone& zone, const Rect& rect, float head, float pad, const Sizes& sizes) {
    f_.draw->AddRectFilled(rect.low(), rect.high(), f_.theme.raised, f_.px(6));
    bool lost = false;
    for (const auto& [name, machine] : f_.cursor().machines()) {
      lost |= machine.zone == zone.name && !machine.ready;
    }
    if (lost)
      f_.draw->AddRect(rect.low(), rect.high(), faded(f_.theme.bad, 0.8f), f_.px(6), 0, 1.5f);
    text(f_, f_.fonts.small, {rect.x + pad, rect.y + f_.px(6)}, lost ? f_.theme.bad : f_.theme.dim,
         lost ? zone.name + "  machines NotReady" : zone.name, rect.w - 2 * pad);
    float y = rect.y + head;
    const Rect voters{rect.x + pad, y, rect.w - 2 * pad, sizes.voter};
    y = tiles(zone.voters, voters, sizes.voters_per_row, sizes.gap);
    const Rect brokers{rect.x + pad, y, rect.w - 2 * pad, sizes.broker};
    tiles(zone.brokers, brokers, sizes.brokers_per_row, sizes.gap);
  }

  // Rows of `per_row` from the first row's rectangle on; returns where the next row would begin.
  float tiles(const std::vector<int64_t>& ids, const Rect& row, int per_row, float gap) {
    const float width =
        (row.w - gap * static_cast<float>(per_row - 1)) / static_cast<float>(per_row);
    float y = row.y;
    int column = 0;
    for (const int64_t id : ids) {
      const Rect rect{row.x + static_cast<float>(column) * (width + gap), y, width, row.h};
      tile({id, &f_.cursor().nodes().at(id), rect});
      if (++column == per_row) {
        column = 0;
        y += row.h + gap;
      }
    }
    return column > 0 ? y + row.h + gap : y;
  }

  void tile(const Tile& tile) {
    tiles_.push_back(tile);
    const trace::NodeView& node = *tile.node;
    const Rect& r = tile.rect;
    const trace::NodeState state = trace::state_of(node);
    const ImU32 colour = f_.theme.of(state);
    f_.note(fmt::format("tile {}", tile.id), r);
    f_.draw->AddRectFilled(r.low(), r.high(), f_.theme.card, f_.px(5));
    const bool busy = state != trace::NodeState::serving;
    f_.draw->AddRect(r.low(), r.high(), busy ? colour : f_.theme.border, f_.px(5), 0,
                     busy ? 1.5f : 1);
    f_.draw->AddRectFilled(r.low(), {r.x + f_.px(4), r.bottom()}, colour, f_.px(5),
                           ImDrawFlags_RoundCornersLeft);
    lit(tile);
    if (f_.clicked(r)) f_.ui.pinned_node = f_.ui.pinned_node == tile.id ? -1 : tile.id;
    if (r.h >= f_.px(30) && r.w >= f_.px(92)) {
      details(tile, state, colour);
    } else {
      compact(tile, state, colour);
    }
  }

  // A number, its state as the ground, and how much of it is in sync.
  void compact(const Tile& tile, trace::NodeState state, ImU32 colour) {
    const Rect& r = tile.rect;
    if (state != trace::NodeState::serving) {
      f_.draw->AddRectFilled(r.low(), r.high(), faded(colour, 0.35f), f_.px(5));
    }
    text(f_, f_.fonts.small, {r.x + f_.px(9), r.y + (r.h - f_.fonts.small->FontSize) / 2},
         f_.theme.text, std::to_string(tile.id), r.w - f_.px(10));
    if (leads_quorum(f_, tile.id)) {
      text(f_, f_.fonts.small, {r.x, r.y + (r.h - f_.fonts.small->FontSize) / 2}, f_.theme.accent,
           kStar, r.w - f_.px(6), Align::right);
    }
    if ((tile.node->roles & 1) != 0 && r.h >= f_.px(26)) {
      progress(f_, {r.x + f_.px(8), r.bottom() - f_.px(5), r.w - f_.px(14), f_.px(2)}, *tile.node,
               state == trace::NodeState::serving ? f_.theme.good : colour);
    }
  }

  // What the opened decision read, with its age.
  void lit(const Tile& tile) {
    const auto it = std::ranges::find(read_, tile.id, &NodeRead::node);
    if (it == read_.end() && f_.ui.pinned_node != tile.id) return;
    const Rect& r = tile.rect;
    f_.draw->AddRect({r.x - 2, r.y - 2}, {r.right() + 2, r.bottom() + 2}, f_.theme.accent, f_.px(6),
                     0, 2);
  }

  // Two texts at the ends of a line, the right one first served.
  void ends(float left, float y, float width, ImU32 left_colour, const std::string& left_text,
            ImU32 right_colour, const std::string& right_text) {
    const float room = width - width_of(f_.fonts.small, right_text) - f_.px(8);
    text(f_, f_.fonts.small, {left, y}, left_colour, left_text, room);
    text(f_, f_.fonts.small, {left, y}, right_colour, right_text, width, Align::right);
  }

  void details(const Tile& tile, trace::NodeState state, ImU32 colour) {
    const trace::NodeView& node = *tile.node;
    const Rect& r = tile.rect;
    const float left = r.x + f_.px(12), width = r.w - f_.px(22);
    const bool wide = width >= f_.px(150);
    const bool quiet = state == trace::NodeState::serving;
    const bool leads = leads_quorum(f_, tile.id);
    std::string name = f_.cursor().names().node(tile.id);
    // ZooKeeper's name takes the room of its state, which its colour tells as well.
    const std::string said(trace::node_state_name(state));
    const ImU32 said_colour = quiet ? f_.theme.good : f_.theme.dark ? colour : f_.theme.text;
    float y = r.y + f_.px(7);
    const float state_room = wide ? width_of(f_.fonts.small, said) + f_.px(8) : 0;
    const float taken =
        text(f_, f_.fonts.strong, {left, y}, f_.theme.text, name, width - state_room);
    if (leads && width - state_room - taken > f_.px(18)) {
      text(f_, f_.fonts.small, {left + taken + f_.px(5), y}, f_.theme.accent, kStar);
    }
    if (wide) {
      text(f_, f_.fonts.small, {left, y + f_.px(1)}, said_colour, said, width, Align::right);
    }
    y += f_.px(20);
    if (r.bottom() - y < f_.px(13)) return;
    const bool newest = !newest_.empty() && node.version == newest_;
    const ImU32 version_colour = newest ? f_.theme.accent : f_.theme.dim;
    bool odd = false;
    const std::string place = place_of(f_, node, odd);
    const ImU32 place_colour = odd ? f_.theme.warning : f_.theme.dim;
    std::string version = node.version;
    if (!version.empty() && (node.roles & 4) == 0) version.insert(0, "Kafka ");
    if (wide) {
      ends(left, y, width, place_colour, place, version_colour, version);
    } else {
      text(f_, f_.fonts.small, {left, y}, said_colour, said, width);
      for (const bool first : {true, false}) {
        if (r.bottom() - y < f_.px(33)) return;
        y += f_.px(17);
        text(f_, f_.fonts.small, {left, y}, first ? version_colour : place_colour,
             first ? version : place, width);
      }
    }
    if ((node.roles & 1) != 0) broker_lines(tile, left, width, y + f_.px(18), colour, wide);
  }

  void broker_lines(const Tile& tile, float left, float width, float y, ImU32 colour, bool wide) {
    const trace::NodeView& node = *tile.node;
    const Rect& r = tile.rect;
    if (r.bottom() - y >= f_.px(22)) {
      const std::string replicas =
          wide ? fmt::format("{} of {} in ISR", count_text(node.in_isr), count_text(node.replicas))
               : fmt::format("{}/{}", count_text(node.in_isr), count_text(node.replicas));
      ends(left, y, width, f_.theme.dim, replicas, f_.theme.dim,
           wide ? fmt::format("leads {}", count_text(node.leads)) : "");
      y += f_.px(19);
    }
    if (r.bottom() - y >= f_.px(9)) {
      progress(f_, {left, y, width, f_.px(4)}, node,
               trace::state_of(node) == trace::NodeState::serving ? f_.theme.good : colour);
      y += f_.px(11);
    }
    if (r.bottom() - y >= f_.px(19)) {
      const int64_t catch_up = catch_up_of(tile.id);
      if (catch_up > 0) {
        text(f_, f_.fonts.small, {left, y}, f_.theme.text,
             (wide ? "catches up at " : "") + rate_text(catch_up), width);
      } else {
        ends(left, y, width, f_.theme.dim, "in " + rate_text(node.produced + node.replicated),
             f_.theme.dim, wide ? "out " + rate_text(node.sent) : "");
      }
      y += f_.px(18);
    }
    if (r.bottom() - y >= f_.px(17)) volume_line(node, left, y, width);
  }

  void volume_line(const trace::NodeView& node, float left, float y, float width) {
    const auto volumes = volumes_of(f_, node);
    if (volumes.empty()) return;
    int64_t bytes = 0;
    const trace::VolumeView* stray = nullptr;
    for (const trace::VolumeView* volume : volumes) {
      bytes += volume->bytes;
      if (volume->kube_node != node.kube_node) stray = volume;
    }
    constexpr int64_t kGiB = int64_t{1} << 30;
    std::string line = fmt::format("{} GiB", count_text(bytes / kGiB));
    line += volumes.size() == 1 ? " volume" : fmt::format(" on {} volumes", volumes.size());
    if (stray != nullptr) {
      line = stray->kube_node.empty() ? "volume detached" : "volume on " + stray->kube_node;
    }
    const bool alarm = stray != nullptr && !stray->kube_node.empty() && node.pod_exists;
    text(f_, f_.fonts.small, {left, y}, alarm ? f_.theme.warning : f_.theme.dim, line, width);
  }

  const Tile* tile_of(int64_t id) const {
    const auto it = std::ranges::find(tiles_, id, &Tile::id);
    return it == tiles_.end() ? nullptr : &*it;
  }

  // Many connections between two brokers are one arrow.
  static std::map<std::pair<int64_t, int64_t>, Flow> arrows_of(const Frame& f) {
    std::map<std::pair<int64_t, int64_t>, Flow> arrows;
    for (const Flow& flow : f.recording.flows) {
      if (flow.begin > f.now()) break;
      if (flow.end <= f.now()) continue;
      auto [it, fresh] = arrows.try_emplace({flow.source, flow.destination}, flow);
      if (fresh) continue;
      it->second.bytes += flow.bytes;
      it->second.partitions += flow.partitions;
      it->second.begin = std::min(it->second.begin, flow.begin);
      it->second.end = std::max(it->second.end, flow.end);
    }
    return arrows;
  }

  static int64_t rate_of(const Flow& flow) {
    const int64_t length = std::max<int64_t>((flow.end - flow.begin).ns, 1);
    return static_cast<int64_t>(static_cast<double>(flow.bytes) * 1e9 /
                                static_cast<double>(length));
  }

  int64_t catch_up_of(int64_t node) const {
    int64_t sum = 0;
    for (const auto& [ends, flow] : arrows_) sum += ends.second == node ? rate_of(flow) : 0;
    return sum;
  }

  void flows() {
    std::map<int64_t, int> labels;
    for (const auto& [ends, flow] : arrows_) {
      if (arrow(flow) && arrows_.size() <= 8) label(flow, labels[flow.destination]++);
    }
  }

  // From edge to edge: towards each other where the tiles stand side by side, round the right side
  // where one is above the other.
  bool arrow(const Flow& flow) {
    const Tile* from = tile_of(flow.source);
    const Tile* to = tile_of(flow.destination);
    if (from == nullptr || to == nullptr) return false;
    const Rect &a = from->rect, &b = to->rect;
    const bool rightwards = a.right() < b.x, leftwards = b.right() < a.x;
    const float sign = rightwards ? 1.0f : -1.0f;
    const ImVec2 begin{leftwards ? a.x : a.right(), a.y + a.h * 0.5f};
    const ImVec2 end{rightwards ? b.x : b.right(), b.y + b.h * 0.5f};
    const float bend =
        rightwards || leftwards ? std::max(f_.px(26), std::abs(end.x - begin.x) * 0.4f) : f_.px(16);
    // Past a zone that lies between, it hangs below the middle of that zone's tiles.
    const float sag = std::abs(end.x - begin.x) > a.w ? a.h * 0.9f : 0;
    const ImVec2 c1{begin.x + (leftwards ? -bend : bend), begin.y + sag};
    const ImVec2 c2{end.x - sign * bend, end.y + sag};
    const ImU32 colour = f_.theme.of(trace::NodeState::catching_up);
    f_.draw->AddBezierCubic(begin, c1, c2, end, faded(colour, 0.9f), f_.px(2), 24);
    const float head = f_.px(7);
    f_.draw->AddTriangleFilled({end.x + sign * 2, end.y},
                               {end.x - sign * head, end.y - head * 0.65f},
                               {end.x - sign * head, end.y + head * 0.65f}, colour);
    return true;
  }

  // Below the tile that is filled, one under another.
  void label(const Flow& flow, int nth) {
    const Tile* to = tile_of(flow.destination);
    const double left_s = static_cast<double>((flow.end - f_.now()).ns) / 1e9;
    const std::string line = fmt::format("from {}: {}, {:.{}f} s left", flow.source,
                                         rate_text(rate_of(flow)), left_s, left_s < 10 ? 1 : 0);
    const Rect chip{to->rect.x, to->rect.bottom() + f_.px(6) + static_cast<float>(nth) * f_.px(24),
                    width_of(f_.fonts.small, line) + f_.px(16), f_.px(20)};
    const ImU32 colour = f_.theme.of(trace::NodeState::catching_up);
    f_.draw->AddRectFilled(chip.low(), chip.high(), f_.theme.card, f_.px(10));
    f_.draw->AddRect(chip.low(), chip.high(), faded(colour, 0.7f), f_.px(10));
    text(f_, f_.fonts.small, {chip.x + f_.px(8), chip.y + (chip.h - f_.fonts.small->FontSize) / 2},
         f_.theme.text, line);
  }

  void tile_tooltip(const Tile& tile) {
    if (!f_.hovered(tile.rect)) return;
    const trace::NodeView& node = *tile.node;
    bool odd = false;
    std::vector<std::string> lines{
        fmt::format("{}, {}", f_.cursor().names().node(tile.id),
                    trace::node_state_name(trace::state_of(node))),
        fmt::format("pod {}, uid {}, {}", node.pod, node.pod_uid, place_of(f_, node, odd))};
    if (!node.version.empty()) lines.push_back("Kafka " + node.version);
    if ((node.roles & 1) != 0) {
      lines.push_back(fmt::format("{} replicas, {} in their ISR, leads {}",
                                  count_text(node.replicas), count_text(node.in_isr),
                                  count_text(node.leads)));
    }
    for (const trace::VolumeView* volume : volumes_of(f_, node)) {
      lines.push_back(
          fmt::format("{}, {}, {}", volume->claim, bytes_text(volume->bytes),
                      volume->kube_node.empty() ? "detached" : "attached to " + volume->kube_node));
    }
    lines.push_back(fmt::format("so since {}", sim::format_clock(node.since)));
    const auto it = std::ranges::find(read_, tile.id, &NodeRead::node);
    if (it != read_.end()) {
      lines.push_back("read by the decision, " + sim::format_duration(it->age) + " old");
    }
    tooltip(f_, lines);
  }

  Frame& f_;
  Rect area_;
  std::vector<NodeRead> read_;
  std::map<std::pair<int64_t, int64_t>, Flow> arrows_;
  std::string newest_;
  std::vector<Tile> tiles_;
};

}  // namespace

void draw_cluster(Frame& f, const Rect& rect) {
  size_t brokers = 0, machines = 0, not_ready = 0;
  for (const auto& [id, node] : f.cursor().nodes()) {
    brokers += (node.roles & 1) != 0 && node.pod_uid != 0 ? 1 : 0;
  }
  for (const auto& [name, machine] : f.cursor().machines()) {
    ++machines;
    not_ready += machine.ready ? 0 : 1;
  }
  std::string about = fmt::format("{} brokers, {} machines", brokers, machines);
  if (not_ready > 0) about += fmt::format(", {} NotReady", not_ready);
  if (f.cursor().generation() > 0) {
    about += fmt::format(", Kafka generation {}", f.cursor().generation());
  }
  ClusterPanel(f, card(f, rect, "Cluster", about)).draw();
}

}  // namespace twin::viz
