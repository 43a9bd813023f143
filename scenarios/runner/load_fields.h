// What becomes of fields of a manifest that the twin does not act on: without effect here, with a
// reason, or not modelled; and whether the latter touches what safety rests on.
#pragma once

#include "controller/api/object.h"
#include "scenarios/runner/load_reader.h"
#include "scenarios/runner/scenario.h"

namespace twin::scenario {

void note_fields(const api::Object& object, const Source& source, Scenario& out);

}  // namespace twin::scenario
