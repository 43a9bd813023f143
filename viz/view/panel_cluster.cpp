// The cluster as it lies: a column a zone, in it the nodes with their pods, machines and volumes;
// over them the connections that catch up, as arrows.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "viz/view/frame.h"

namespace twin::viz {

namespace {

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
  float width = 0, broker = 0, voter = 0, gap = 0;
  int per_row = 1;
};

Sizes sizes_for(const Frame& f, float column, float height, size_t brokers, size_t voters) {
  Sizes sizes;
  for (int per_row = 1; per_row <= 12; ++per_row) {
    sizes.per_row = per_row;
    sizes.gap = per_row <= 2 ? f.px(8) : f.px(4);
    sizes.width =
        (column - sizes.gap * static_cast<float>(per_row - 1)) / static_cast<float>(per_row);
    const auto n = static_cast<size_t>(per_row);
    const auto broker_rows = static_cast<float>((brokers + n - 1) / n);
    const auto voter_rows = static_cast<float>((voters + n - 1) / n);
    sizes.voter = per_row == 1 ? f.px(42) : per_row == 2 ? f.px(36) : f.px(22);
    const float room = height - voter_rows * (sizes.voter + sizes.gap);
    sizes.broker = broker_rows == 0 ? 0 : room / broker_rows - sizes.gap;
    const float least = per_row == 1 ? f.px(66) : per_row == 2 ? f.px(46) : f.px(20);
    if (sizes.broker >= least) break;
  }
  sizes.broker = std::min(sizes.broker, f.px(118));
  return sizes;
}

std::string role_of(const Frame& f, int64_t id, const trace::NodeView& node) {
  std::string name = f.cursor().names().node(id);
  if (id == f.cursor().controller() || id == f.cursor().zookeeper_leader()) {
    name += (node.roles & 4) != 0 ? "  \xe2\x98\x85 leader" : "  \xe2\x98\x85 active";
  }
  return name;
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
  if (!node.pod_ready && node.running) return "not Ready on " + node.kube_node;
  odd = false;
  return node.kube_node.empty() ? "not scheduled" : node.kube_node;
}

const trace::VolumeView* volume_of(const Frame& f, const trace::NodeView& node) {
  for (const auto& [name, volume] : f.cursor().volumes()) {
    if (!node.pod.empty() && name.ends_with(node.pod)) return &volume;
  }
  return nullptr;
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
  ClusterPanel(Frame& f, const Rect& area) : f_(f), area_(area), read_(nodes_read(f)) {}

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
    const Sizes sizes = sizes_for(f_, column - 2 * pad, area_.h - head - pad, brokers, voters);
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
    y = tiles(zone.voters, rect.x + pad, y, sizes.voter, sizes);
    tiles(zone.brokers, rect.x + pad, y, sizes.broker, sizes);
  }

  float tiles(const std::vector<int64_t>& ids, float x, float y, float height, const Sizes& sizes) {
    int column = 0;
    for (const int64_t id : ids) {
      const Rect rect{x + static_cast<float>(column) * (sizes.width + sizes.gap), y, sizes.width,
                      height};
      tile({id, &f_.cursor().nodes().at(id), rect});
      if (++column == sizes.per_row) {
        column = 0;
        y += height + sizes.gap;
      }
    }
    return column > 0 ? y + height + sizes.gap : y;
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
      text(f_, f_.fonts.small, {r.x + f_.px(8), r.y + (r.h - f_.fonts.small->FontSize) / 2},
           f_.theme.text, std::to_string(tile.id), r.w - f_.px(10));
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

  void details(const Tile& tile, trace::NodeState state, ImU32 colour) {
    const trace::NodeView& node = *tile.node;
    const Rect& r = tile.rect;
    const float left = r.x + f_.px(12), width = r.w - f_.px(22);
    const bool broker = (node.roles & 1) != 0;
    const bool quiet = state == trace::NodeState::serving;
    const std::string_view name = trace::node_state_name(state);
    float y = r.y + f_.px(7);
    const float state_width = width_of(f_.fonts.small, name);
    const float name_room = width - state_width - f_.px(8);
    const bool beside = name_room >= width_of(f_.fonts.strong, f_.cursor().names().node(tile.id));
    text(f_, f_.fonts.strong, {left, y}, f_.theme.text, role_of(f_, tile.id, node),
         beside ? name_room : width);
    const ImU32 state_colour = quiet ? f_.theme.good : colour;
    if (beside) {
      text(f_, f_.fonts.small, {left, y + f_.px(1)}, state_colour, name, width, Align::right);
    }
    y += f_.px(20);
    if (r.bottom() - y < f_.px(13)) return;
    bool odd = false;
    const std::string place = beside ? place_of(f_, node, odd) : std::string(name);
    const std::string version = node.version.empty() ? "" : "Kafka " + node.version;
    const float version_width = width_of(f_.fonts.small, version) + f_.px(8);
    const bool both = beside && width - version_width > f_.px(60);
    text(f_, f_.fonts.small, {left, y},
         odd      ? f_.theme.warning
         : beside ? f_.theme.dim
                  : state_colour,
         place, both ? width - version_width : width);
    if (both) text(f_, f_.fonts.small, {left, y}, f_.theme.dim, version, width, Align::right);
    if (broker) broker_lines(tile, left, width, y + f_.px(19), colour);
  }

  void broker_lines(const Tile& tile, float left, float width, float y, ImU32 colour) {
    const trace::NodeView& node = *tile.node;
    const Rect& r = tile.rect;
    if (r.bottom() - y >= f_.px(22)) {
      const std::string replicas =
          fmt::format("{} of {} in sync", count_text(node.in_isr), count_text(node.replicas));
      const std::string leads = fmt::format("leads {}", count_text(node.leads));
      const float leads_width = width_of(f_.fonts.small, leads) + f_.px(8);
      text(f_, f_.fonts.small, {left, y}, f_.theme.dim, replicas, width - leads_width);
      text(f_, f_.fonts.small, {left, y}, f_.theme.dim, leads, width, Align::right);
      y += f_.px(19);
    }
    if (r.bottom() - y >= f_.px(9)) {
      progress(f_, {left, y, width, f_.px(4)}, node,
               trace::state_of(node) == trace::NodeState::serving ? f_.theme.good : colour);
      y += f_.px(12);
    }
    const trace::VolumeView* volume = volume_of(f_, node);
    if (volume == nullptr || r.bottom() - y < f_.px(17)) return;
    const bool stuck = !volume->kube_node.empty() && volume->kube_node != node.kube_node;
    text(f_, f_.fonts.small, {left, y}, stuck ? f_.theme.warning : f_.theme.faint,
         volume->kube_node.empty() ? "volume detached"
                                   : fmt::format("volume on {}", volume->kube_node),
         width);
  }

  const Tile* tile_of(int64_t id) const {
    const auto it = std::ranges::find(tiles_, id, &Tile::id);
    return it == tiles_.end() ? nullptr : &*it;
  }

  // Many connections between two brokers are one arrow.
  void flows() {
    std::map<std::pair<int64_t, int64_t>, Flow> arrows;
    for (const Flow& flow : f_.recording.flows) {
      if (flow.begin > f_.now()) break;
      if (flow.end <= f_.now()) continue;
      auto [it, fresh] = arrows.try_emplace({flow.source, flow.destination}, flow);
      if (fresh) continue;
      it->second.bytes += flow.bytes;
      it->second.partitions += flow.partitions;
      it->second.begin = std::min(it->second.begin, flow.begin);
      it->second.end = std::max(it->second.end, flow.end);
    }
    for (const auto& [ends, flow] : arrows) arrow(flow, arrows.size() <= 8);
  }

  void arrow(const Flow& flow, bool labelled) {
    const Tile* from = tile_of(flow.source);
    const Tile* to = tile_of(flow.destination);
    if (from == nullptr || to == nullptr) return;
    const auto middle = [](const Rect& r) { return ImVec2{r.x + r.w / 2, r.y + r.h / 2}; };
    ImVec2 a = middle(from->rect), b = middle(to->rect);
    // From edge to edge where they stand side by side.
    if (from->rect.right() < to->rect.x) {
      a.x = from->rect.right();
      b.x = to->rect.x;
    } else if (to->rect.right() < from->rect.x) {
      a.x = from->rect.x;
      b.x = to->rect.right();
    }
    const float bend = std::max(f_.px(30), std::abs(b.x - a.x) * 0.4f);
    const float sign = b.x >= a.x ? 1.0f : -1.0f;
    const ImU32 colour = f_.theme.of(trace::NodeState::catching_up);
    f_.draw->AddBezierCubic(a, {a.x + sign * bend, a.y}, {b.x - sign * bend, b.y}, b,
                            faded(colour, 0.85f), f_.px(2), 24);
    const float head = f_.px(6);
    f_.draw->AddTriangleFilled({b.x + sign * 2, b.y}, {b.x - sign * head, b.y - head * 0.7f},
                               {b.x - sign * head, b.y + head * 0.7f}, colour);
    if (!labelled) return;
    const int64_t length = std::max<int64_t>((flow.end - flow.begin).ns, 1);
    const auto rate =
        static_cast<int64_t>(static_cast<double>(flow.bytes) * 1e9 / static_cast<double>(length));
    const double left_s = static_cast<double>((flow.end - f_.now()).ns) / 1e9;
    const std::string label =
        fmt::format("{}, {:.{}f} s left", rate_text(rate), left_s, left_s < 10 ? 1 : 0);
    const float width = width_of(f_.fonts.small, label);
    const ImVec2 at{(a.x + b.x) / 2 - width / 2, (a.y + b.y) / 2 - f_.px(8)};
    f_.draw->AddRectFilled({at.x - f_.px(5), at.y - f_.px(2)},
                           {at.x + width + f_.px(5), at.y + f_.px(16)}, f_.theme.card, f_.px(4));
    f_.draw->AddRect({at.x - f_.px(5), at.y - f_.px(2)},
                     {at.x + width + f_.px(5), at.y + f_.px(16)}, faded(colour, 0.6f), f_.px(4));
    text(f_, f_.fonts.small, at, f_.theme.text, label);
  }

  void tile_tooltip(const Tile& tile) {
    if (!f_.hovered(tile.rect)) return;
    const trace::NodeView& node = *tile.node;
    bool odd = false;
    std::vector<std::string> lines{
        fmt::format("{}, {}", role_of(f_, tile.id, node),
                    trace::node_state_name(trace::state_of(node))),
        fmt::format("pod {}, uid {}, {}", node.pod, node.pod_uid, place_of(f_, node, odd))};
    if (!node.version.empty()) lines.push_back("Kafka " + node.version);
    if ((node.roles & 1) != 0) {
      lines.push_back(fmt::format("{} replicas, {} in their ISR, leads {}",
                                  count_text(node.replicas), count_text(node.in_isr),
                                  count_text(node.leads)));
    }
    for (const auto& [name, volume] : f_.cursor().volumes()) {
      if (node.pod.empty() || !name.ends_with(node.pod)) continue;
      lines.push_back(
          fmt::format("{}, {}, {}", name, bytes_text(volume.bytes),
                      volume.kube_node.empty() ? "detached" : "attached to " + volume.kube_node));
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
