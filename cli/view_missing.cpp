#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/view.h"

namespace twin::cli {

int show(const ViewArguments&, const TraceSource&, const TraceSource&) {
  complain(
      "this kafka-twin was built without the viewer; scripts/demo.sh --view builds one that has "
      "it (or cmake -DTWIN_VIZ=ON)");
  return kBadInput;
}

}  // namespace twin::cli
