// PNG by libpng, whole or not at all.
#include <cstring>

#include <png.h>

#include "sim/trace_file.h"
#include "viz/view/offscreen.h"

namespace twin::viz {

sim::Expected<void> write_png(const std::string& path, const Image& image) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGBA;
  // Opaque: without alpha the file is smaller, and viewers show it as it is.
  std::vector<unsigned char> rgb;
  rgb.reserve(image.pixels.size() * 3);
  for (const uint32_t pixel : image.pixels) {
    for (const int shift : {0, 8, 16}) {
      rgb.push_back(static_cast<unsigned char>((pixel >> shift) & 0xff));
    }
  }
  header.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&header, nullptr, &size, 0, rgb.data(), 0, nullptr) == 0) {
    return sim::Error{path, std::string("the picture cannot be made: ") + header.message, ""};
  }
  std::vector<std::byte> bytes(size);
  if (png_image_write_to_memory(&header, bytes.data(), &size, 0, rgb.data(), 0, nullptr) == 0) {
    return sim::Error{path, std::string("the picture cannot be made: ") + header.message, ""};
  }
  bytes.resize(size);
  auto sink = sim::FileSink::open(path);
  if (!sink) return sink.error();
  (*sink)->write(bytes);
  return (*sink)->finish();
}

}  // namespace twin::viz
