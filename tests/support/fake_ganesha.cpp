// Plays an NFS-Ganesha of a chosen version on a given bus, for tests and benchmarks. It prints `ready` when
// it owns its name, and ends on SIGTERM.
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "fake_control.hpp"
#include "fake_layout.hpp"
#include "fake_methods.hpp"
#include "fake_recorded.hpp"
#include "fake_sd.hpp"
#include "fake_server.hpp"

namespace {

using Flags = std::map<std::string, std::string, std::less<>>;

volatile std::sig_atomic_t stop = 0;

Flags defaults() {
  return {{"address", ""},
          {"name", "org.ganesha.nfsd"},
          {"layout", "15.2"},
          {"clients", "1"},
          {"exports", "1"},
          {"heartbeat-ms", "1000"},
          {"protocols", "NFSv3,NFSv40,NFSv41,NFSv42"},
          {"client-protocols", ""},
          {"client-all-ops", "on"},
          {"client-procedures", "off"},
          {"recorded", ""},
          {"hostile-seed", ""},
          {"late-ms", "300"}};
}

Flags flags_from(int argc, char** argv) {
  Flags flags = defaults();
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const bool well_formed = argument.starts_with("--") && equals != std::string_view::npos;
    const auto flag = well_formed ? flags.find(argument.substr(2, equals - 2)) : flags.end();
    if (flag == flags.end()) throw std::invalid_argument("not a flag: " + std::string(argument));
    flag->second = argument.substr(equals + 1);
  }
  return flags;
}

template <class Number = unsigned>
Number number(const Flags& flags, std::string_view name, Number max) {
  const std::string& text = flags.find(name)->second;
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) {
    throw std::invalid_argument("--" + std::string(name) + " is not a number up to " + std::to_string(max));
  }
  return value;
}

fake::ProtocolSet client_protocols(const Flags& flags, const fake::Layout& layout) {
  const std::string& chosen = flags.find("client-protocols")->second;
  if (!chosen.empty()) return fake::protocols_from(chosen);
  return fake::protocols_from(layout.nfsv42_io ? "NFSv3,NFSv40,NFSv41,NFSv42" : "NFSv3,NFSv40,NFSv41");
}

std::string client_address(unsigned number) {
  return "::ffff:10." + std::to_string(number >> 16 & 255) + '.' + std::to_string(number >> 8 & 255) + '.' +
         std::to_string(number & 255);
}

std::optional<std::uint64_t> hostile_seed(const Flags& flags) {
  if (flags.find("hostile-seed")->second.empty()) return std::nullopt;
  return number(flags, "hostile-seed", std::numeric_limits<std::uint64_t>::max());
}

fake::World world_from(const Flags& flags) {
  const fake::Layout& layout = fake::layout_named(flags.find("layout")->second);
  fake::Model model(fake::protocols_from(flags.find("protocols")->second), client_protocols(flags, layout));
  const unsigned exports = number(flags, "exports", 65535U);
  for (unsigned id = 1; id <= exports; ++id) {
    model.add_export(static_cast<std::uint16_t>(id), "/export/" + std::to_string(id));
  }
  const unsigned clients = number(flags, "clients", 0xff'ffffU);
  for (unsigned i = 1; i <= clients; ++i) model.add_client(client_address(i));
  fake::World world{layout, std::move(model), fake::methods_of(layout), false, true, {}, {}};
  world.counts_client_all_ops = flags.find("client-all-ops")->second == "on";
  if (flags.find("client-procedures")->second == "on")
    world.methods.push_back(fake::client_procedures_method());
  const std::string& recorded = flags.find("recorded")->second;
  if (!recorded.empty()) fake::add_recorded(recorded, world);
  if (const auto seed = hostile_seed(flags)) fake::prepare_hostile_world(*seed, world);
  return world;
}

void make_hostile(const Flags& flags, fake::Server& server) {
  const auto seed = hostile_seed(flags);
  if (!seed) return;
  const std::chrono::milliseconds late(number(flags, "late-ms", 3'600'000U));
  server.set_hostile({*seed, late});
  std::printf("hostile by the seed %llu\n", static_cast<unsigned long long>(*seed));
}

fake::Bus connect(const std::string& address) {
  if (address.empty()) throw std::invalid_argument("--address is required");
  sd_bus* raw = nullptr;
  fake::check(sd_bus_new(&raw));
  fake::Bus bus(raw);
  fake::check(sd_bus_set_address(raw, address.c_str()));
  fake::check(sd_bus_set_bus_client(raw, 1));
  fake::check(sd_bus_start(raw));
  return bus;
}

void stop_on_sigterm() {
  std::signal(SIGTERM, [](int) { stop = 1; });
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
}

void serve(const Flags& flags) {
  stop_on_sigterm();
  fake::World world = world_from(flags);
  const fake::Bus bus = connect(flags.find("address")->second);
  const std::chrono::milliseconds period(number(flags, "heartbeat-ms", 3'600'000U));
  fake::Server server(bus.get(), flags.find("name")->second, std::move(world), period);
  fake::add_control(bus.get(), server);
  make_hostile(flags, server);
  server.take_name();
  std::puts("ready");
  std::fflush(stdout);
  server.run(stop);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    serve(flags_from(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fake_ganesha: %s\n", error.what());
    return 1;
  }
  return 0;
}
