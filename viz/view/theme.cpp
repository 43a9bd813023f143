#include "viz/view/theme.h"

#include <cmath>

namespace twin::viz {

namespace {

constexpr ImU32 rgb(uint32_t hex) {
  return IM_COL32((hex >> 16) & 0xff, (hex >> 8) & 0xff, hex & 0xff, 0xff);
}

constexpr Theme kDark{
    .dark = true,
    .background = rgb(0x0b0f14),
    .card = rgb(0x131920),
    .raised = rgb(0x1b232d),
    .border = rgb(0x2a333e),
    .text = rgb(0xe8edf2),
    .dim = rgb(0x9aa7b4),
    .faint = rgb(0x5c6875),
    .accent = rgb(0x5aa9ff),
    .good = rgb(0x3fb27f),
    .warning = rgb(0xe3a93b),
    .bad = rgb(0xff6b6b),
    .shade = IM_COL32(5, 8, 11, 150),
    // no pod, waiting, starting, loading logs, fenced, catching up, serving, shutting down, crashed
    .nodes = {rgb(0x1b232d), rgb(0x5f6a76), rgb(0xa98cf5), rgb(0x74d6e8), rgb(0xf2984e),
              rgb(0x3a78d2), rgb(0x185541), rgb(0xf6e08a), rgb(0xf54a63)},
    // in sync, moving, catching up, under-replicated, at min, under min, offline, unknown
    .cells = {rgb(0x145041), rgb(0x5f4fb8), rgb(0x347bdf), rgb(0xc98a1e), rgb(0xf7d25c),
              rgb(0xff86c0), rgb(0xffffff), rgb(0x1b232d)},
    .series = {rgb(0xe3a93b), rgb(0xff74b8), rgb(0x4fd1c5), rgb(0x5aa9ff)},
};

constexpr Theme kLight{
    .dark = false,
    .background = rgb(0xeef1f5),
    .card = rgb(0xffffff),
    .raised = rgb(0xf3f6f9),
    .border = rgb(0xd3dae2),
    .text = rgb(0x17202a),
    .dim = rgb(0x566472),
    .faint = rgb(0x98a4b0),
    .accent = rgb(0x0b63c4),
    .good = rgb(0x146c48),
    .warning = rgb(0x855600),
    .bad = rgb(0xc62839),
    .shade = IM_COL32(238, 241, 245, 165),
    .nodes = {rgb(0xe6ebf0), rgb(0x9fabb6), rgb(0x8a5fdc), rgb(0x0c7288), rgb(0xcc7a38),
              rgb(0x2a55b0), rgb(0xb5e3d0), rgb(0xe6b800), rgb(0x8c0f24)},
    .cells = {rgb(0xbfe5d8), rgb(0xafa2ee), rgb(0x4e94f2), rgb(0xa86c00), rgb(0x7c4700),
              rgb(0x6b0f45), rgb(0x12060a), rgb(0xe6ebf0)},
    .series = {rgb(0xb57400), rgb(0xb52474), rgb(0x0d8579), rgb(0x0b63c4)},
};

}  // namespace

Theme theme_of(bool dark) { return dark ? kDark : kLight; }

ImU32 Theme::of(Marker::Kind kind) const {
  switch (kind) {
    case Marker::Kind::fault:
    case Marker::Kind::machine:
      return warning;
    case Marker::Kind::violation:
    case Marker::Kind::loss:
      return bad;
    case Marker::Kind::healed:
      return good;
    default:
      return accent;
  }
}

ImU32 faded(ImU32 colour, float opacity) {
  const auto alpha = static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xff);
  const auto scaled = static_cast<ImU32>(alpha * opacity + 0.5f);
  return (colour & ~IM_COL32_A_MASK) | (scaled << IM_COL32_A_SHIFT);
}

float lightness(ImU32 colour) {
  const auto linear = [&](int shift) {
    const float c = static_cast<float>((colour >> shift) & 0xff) / 255.0f;
    return c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
  };
  const float y = 0.2126f * linear(IM_COL32_R_SHIFT) + 0.7152f * linear(IM_COL32_G_SHIFT) +
                  0.0722f * linear(IM_COL32_B_SHIFT);
  return y <= 0.008856f ? 903.3f * y : 116.0f * std::cbrt(y) - 16.0f;
}

}  // namespace twin::viz
