// What the parts of a poll and of a page cost by themselves, for 10 to 50,000 clients: `make bench` runs it.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "dbus/decode.hpp"
#include "exporter/base/gzip.hpp"
#include "exporter/base/read_file.hpp"
#include "exporter/built_in/read_page.hpp"
#include "exporter/collect/io_table.hpp"
#include "exporter/metrics/exposition.hpp"
#include "exporter/metrics/metric_table.hpp"
#include "exporter/model/selection.hpp"
#include "wire_message.hpp"

namespace {

using namespace ganesha;
using exporter::Format;
using nlohmann::json;

std::string address_of(std::size_t client) {
  return "::ffff:10." + std::to_string(client >> 16) + "." + std::to_string(client >> 8 & 255) + "." +
         std::to_string(client & 255);
}

// A reply that was recorded, with its first entry repeated for so many clients.
dbus::Message list_of_clients(std::size_t clients) {
  const auto record = test::wire_record("15.2", "ShowClients");
  auto reply = record.reply;
  const json entry = reply[1][0];
  reply[1] = json::array();
  for (std::size_t i = 0; i < clients; ++i) {
    reply[1].push_back(entry);
    reply[1].back()[0] = address_of(i);
  }
  return test::wire_message(record.signature, reply);
}

exporter::IoTable table_of(std::size_t clients) {
  exporter::IoTableBuilder builder;
  for (std::size_t i = 0; i < clients; ++i)
    builder.add(i, "NFSv41", {i * 4096, i * 4000, i, i / 7, i * 1000, 0},
                {i * 512, i * 500, i, 0, i * 900, 0});
  exporter::IoDetectors detectors;
  return std::move(builder).finish(detectors);
}

exporter::Snapshot snapshot_of(std::size_t clients) {
  exporter::Snapshot snapshot;
  auto& entries = snapshot.clients.emplace();
  for (std::size_t i = 0; i < clients; ++i) entries.push_back({address_of(i).substr(7), {}, {}});
  snapshot.client_io = table_of(clients);
  return snapshot;
}

std::string page_of(const exporter::Snapshot& snapshot, Format format) {
  std::string page;
  for (const auto& row : exporter::ganesha_rows())
    exporter::write_family(exporter::collect(row, snapshot), format, page);
  return page;
}

// The lines of one export's durations of one procedure in the recorded page.
std::vector<std::string> recorded_durations(const std::string& page) {
  std::istringstream lines(page);
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("nfs_latency_ms_by_export_") && line.find("\"create\"") != line.npos)
      found.push_back(line + '\n');
  return found;
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

// The ids follow those of the recorded page.
std::string id_of_busy(std::size_t i) { return std::to_string(4 + i); }

// The recorded page of the server's own metrics, with durations of 20 procedures of `exports` more exports:
// 1.6 MB for 21.
std::string built_in_page_of(std::size_t exports) {
  constexpr std::string_view type = "# TYPE nfs_latency_ms_by_export histogram\n";
  const auto page = exporter::read_file(test::fixtures() / "built_in/15.2.txt", 1 << 20);
  const auto durations = recorded_durations(page);
  std::string more;
  for (std::size_t i = 0; i < exports * 20; ++i)
    for (const auto& line : durations) {
      const auto of_export = replaced(line, "export_id=3", "export_id=" + id_of_busy(i / 20));
      more += replaced(of_export, "create", "procedure_" + std::to_string(i % 20));
    }
  return std::string(page).insert(page.find(type) + type.size(), more);
}

exporter::BuiltInPagePtr read_built_in(const std::string& page) {
  return std::make_shared<const exporter::BuiltInPage>(*exporter::read_page(page, {}));
}

std::size_t size_of(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)); }

void decode_show_clients(benchmark::State& state) {
  const auto message = list_of_clients(size_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(dbus::decode_clients(message));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void decode_one_io(benchmark::State& state) {
  const auto message = test::wire_record("15.2", "GetNFSv41IO").message();
  for (auto _ : state) benchmark::DoNotOptimize(dbus::decode_io(message));
}

void select_clients(benchmark::State& state) {
  auto list = dbus::decode_clients(list_of_clients(size_of(state)));
  exporter::ClientSelection selection;
  selection.filter.exclude = exporter::Pattern::parse("10.1.0.0/16");
  for (auto _ : state) {
    auto clients = list->clients;
    std::erase_if(clients, [&](const auto& one) { return !selection.shows(one, list->time); });
    benchmark::DoNotOptimize(exporter::keep_latest(selection.max, clients));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void build_table(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(table_of(size_of(state)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void render(benchmark::State& state, Format format) {
  const auto snapshot = snapshot_of(size_of(state));
  std::size_t bytes = 0;
  for (auto _ : state) bytes += page_of(snapshot, format).size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void compress(benchmark::State& state) {
  const auto page = page_of(snapshot_of(size_of(state)), Format::openmetrics);
  for (auto _ : state) benchmark::DoNotOptimize(exporter::deflate(page));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
}

void read_built_in_page(benchmark::State& state) {
  const auto page = built_in_page_of(size_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(read_built_in(page));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
}

void render_built_in_page(benchmark::State& state) {
  exporter::Snapshot snapshot;
  snapshot.exports.emplace();
  snapshot.built_in = read_built_in(built_in_page_of(size_of(state)));
  for (std::size_t i = 0; i < size_of(state); ++i)
    snapshot.exports->push_back({id_of_busy(i), "/export/" + id_of_busy(i), std::nullopt, std::nullopt});
  std::size_t bytes = 0;
  for (auto _ : state) bytes += page_of(snapshot, Format::openmetrics).size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(10)->Arg(1000)->Arg(10'000)->Arg(50'000)->Unit(benchmark::kMicrosecond);
}

BENCHMARK(decode_show_clients)->Apply(sizes);
BENCHMARK(decode_one_io);
BENCHMARK(select_clients)->Apply(sizes);
BENCHMARK(build_table)->Apply(sizes);
BENCHMARK_CAPTURE(render, text, Format::text)->Apply(sizes);
BENCHMARK_CAPTURE(render, openmetrics, Format::openmetrics)->Apply(sizes);
BENCHMARK(compress)->Apply(sizes);
BENCHMARK(read_built_in_page)->Arg(0)->Arg(21)->Unit(benchmark::kMillisecond);
BENCHMARK(render_built_in_page)->Arg(0)->Arg(21)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
