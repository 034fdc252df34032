//===- ScheduleFile.cpp - Recorded schedules ------------------------------===//
//
// Reads and writes recorded schedules as JSON.
//
//===----------------------------------------------------------------------===//

#include "spiq/Conversion/SPIQToCPU/ScheduleFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace spiq {

/// The version of the format.
static constexpr int64_t formatVersion = 1;

static bool fromJSON(const json::Value &value, RecordedSchedule &schedule,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("cpu", schedule.cpu) &&
         mapper.map("isa", schedule.isa) &&
         mapper.map("layer", schedule.layer) &&
         mapper.map("schedule", schedule.schedule) &&
         mapper.mapOptional("microseconds", schedule.microseconds) &&
         mapper.mapOptional("model_microseconds", schedule.modelMicroseconds);
}

Expected<ScheduleFile> ScheduleFile::read(StringRef path) {
  auto makeError = [&](const Twine &reason) {
    return createStringError("cannot read schedules from '" + path +
                             "': " + reason);
  };
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return makeError(buffer.getError().message());
  Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value)
    return makeError(toString(value.takeError()));
  ScheduleFile file;
  int64_t version = 0;
  json::Path::Root root("schedules");
  json::ObjectMapper mapper(*value, root);
  if (!mapper || !mapper.map("version", version) ||
      !mapper.map("schedules", file.schedules))
    return makeError(toString(root.getError()));
  if (version != formatVersion)
    return makeError("expects version " + Twine(formatVersion) + ", got " +
                     Twine(version) + "; tune again");
  return file;
}

const RecordedSchedule *ScheduleFile::find(StringRef cpu, StringRef isa,
                                           StringRef layer) const {
  auto found = find_if(schedules, [&](const RecordedSchedule &schedule) {
    return schedule.cpu == cpu && schedule.isa == isa &&
           schedule.layer == layer;
  });
  return found == schedules.end() ? nullptr : &*found;
}

void ScheduleFile::record(RecordedSchedule schedule) {
  if (const RecordedSchedule *old =
          find(schedule.cpu, schedule.isa, schedule.layer))
    schedules[old - schedules.data()] = std::move(schedule);
  else
    schedules.push_back(std::move(schedule));
}

std::string ScheduleFile::toJSON() const {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("version", formatVersion);
    json.attributeArray("schedules", [&] {
      for (const RecordedSchedule &schedule : schedules)
        json.object([&] {
          json.attribute("cpu", schedule.cpu);
          json.attribute("isa", schedule.isa);
          json.attribute("layer", schedule.layer);
          json.attribute("schedule", schedule.schedule);
          json.attribute("microseconds", schedule.microseconds);
          json.attribute("model_microseconds", schedule.modelMicroseconds);
        });
    });
  });
  os << "\n";
  return text;
}

} // namespace spiq
