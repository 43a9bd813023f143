#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/view.h"

namespace twin::cli {

namespace {

int missing() {
  complain(
      "this kafka-twin was built without the viewer; scripts/demo.sh --view builds one that has "
      "it (or cmake -DTWIN_VIZ=ON)");
  return kBadInput;
}

}  // namespace

int show(const ViewArguments&, const TraceSource&, const TraceSource&) { return missing(); }

int show_live(const ViewArguments&) { return missing(); }

}  // namespace twin::cli
