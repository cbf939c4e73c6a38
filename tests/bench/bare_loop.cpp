// The benchmark's base line: the DBus calls of one exporter poll, made with plain sd-bus and a window of
// outstanding calls. Replies are received and thrown away; of ShowClients the addresses and protocols are
// read, for they say which calls follow. Prints one line a poll: wall seconds, CPU seconds, calls.
#include <sys/resource.h>
#include <systemd/sd-bus.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr const char* export_object = "/org/ganesha/nfsd/ExportMgr";
constexpr const char* client_object = "/org/ganesha/nfsd/ClientMgr";
constexpr const char* export_stats = "org.ganesha.nfsd.exportstats";
constexpr const char* client_stats = "org.ganesha.nfsd.clientstats";

struct Protocol {
  const char* name;
  const char* method;
  std::size_t boolean;  // its place among the eight booleans of the old layout
};
constexpr std::array protocols{Protocol{"NFSv3", "GetNFSv3IO", 0}, Protocol{"NFSv40", "GetNFSv40IO", 4},
                               Protocol{"NFSv41", "GetNFSv41IO", 5}, Protocol{"NFSv42", "GetNFSv42IO", 6}};

struct Call {
  const char* object;
  const char* interface;
  const char* method;
  std::string client;  // empty: no argument
};

struct Loop {
  sd_bus* bus = nullptr;
  std::string service = "org.ganesha.nfsd";
  std::size_t window = 32;
  std::size_t clients_asked = SIZE_MAX;                   // of all that are listed
  std::vector<Call> lists;                                // what every poll starts with
  std::array<bool, protocols.size()> answers_protocol{};  // of the clients' methods
  std::vector<Call> calls;                                // of this poll
  std::size_t sent = 0;
  std::size_t outstanding = 0;
};

int check(int result, const char* what) {
  if (result >= 0) return result;
  std::fprintf(stderr, "bare_loop: %s: %s\n", what, std::strerror(-result));
  std::exit(1);
}

void require_reply(sd_bus_message* reply) {
  const sd_bus_error* const error = sd_bus_message_get_error(reply);
  if (error == nullptr) return;
  std::fprintf(stderr, "bare_loop: %s: %s\n", error->name, error->message);
  std::exit(1);
}

struct Client {
  const char* address = nullptr;
  std::array<bool, protocols.size()> marked{};
};

void read_pairs(sd_bus_message* reply, const char* contents, Client& client) {
  check(sd_bus_message_enter_container(reply, 'r', contents), "protocols");
  const char* name = nullptr;
  int on = 0;
  while (check(sd_bus_message_at_end(reply, 0), "protocols") == 0) {
    check(sd_bus_message_read(reply, "(sb)", &name, &on), "protocol");
    for (std::size_t i = 0; i < protocols.size(); ++i) {
      if (std::strcmp(name, protocols[i].name) == 0) client.marked[i] = on != 0;
    }
  }
  check(sd_bus_message_exit_container(reply), "protocols");
}

void read_booleans(sd_bus_message* reply, Client& client) {
  std::array<int, 8> on{};
  check(
      sd_bus_message_read(reply, "bbbbbbbb", &on[0], &on[1], &on[2], &on[3], &on[4], &on[5], &on[6], &on[7]),
      "booleans");
  for (std::size_t i = 0; i < protocols.size(); ++i) client.marked[i] = on[protocols[i].boolean] != 0;
}

// Reads one entry up to its end, whatever else the server's version puts into it.
Client read_client(sd_bus_message* reply, const char* entry) {
  Client client;
  check(sd_bus_message_enter_container(reply, 'r', entry), "client");
  check(sd_bus_message_read_basic(reply, 's', &client.address), "address");
  if (std::strncmp(entry, "sbbbbbbbb", 9) == 0) read_booleans(reply, client);
  char type = 0;
  const char* contents = nullptr;
  while (check(sd_bus_message_peek_type(reply, &type, &contents), "entry") > 0) {
    if (type == 'r' && std::strncmp(contents, "(sb)", 4) == 0) {
      read_pairs(reply, contents, client);
    } else {
      check(sd_bus_message_skip(reply, nullptr), "entry");
    }
  }
  check(sd_bus_message_exit_container(reply), "client");
  return client;
}

void add_client_calls(Loop& loop, const Client& client) {
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    if (!client.marked[i] || !loop.answers_protocol[i]) continue;
    loop.calls.push_back({client_object, client_stats, protocols[i].method, client.address});
  }
}

void read_clients(Loop& loop, sd_bus_message* reply) {
  const std::string array = sd_bus_message_get_signature(reply, 1) + std::strlen("(tt)a");
  const std::string entry = array.substr(1, array.size() - 2);
  check(sd_bus_message_skip(reply, "(tt)"), "time");
  check(sd_bus_message_enter_container(reply, 'a', array.c_str()), "clients");
  for (std::size_t i = 0; check(sd_bus_message_at_end(reply, 0), "clients") == 0; ++i) {
    const Client client = read_client(reply, entry.c_str());
    if (i < loop.clients_asked) add_client_calls(loop, client);
  }
}

int on_reply(sd_bus_message* reply, void* loop, sd_bus_error*) {
  require_reply(reply);
  --static_cast<Loop*>(loop)->outstanding;
  return 0;
}

int on_clients(sd_bus_message* reply, void* loop, sd_bus_error* error) {
  on_reply(reply, loop, error);
  read_clients(*static_cast<Loop*>(loop), reply);
  return 0;
}

void send(Loop& loop, const Call& call) {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_method_call(loop.bus, &message, loop.service.c_str(), call.object, call.interface,
                                       call.method),
        call.method);
  if (!call.client.empty()) check(sd_bus_message_append_basic(message, 's', call.client.c_str()), "argument");
  const bool lists_clients = std::strcmp(call.method, "ShowClients") == 0;
  check(sd_bus_call_async(loop.bus, nullptr, message, lists_clients ? on_clients : on_reply, &loop, 0),
        call.method);
  sd_bus_message_unref(message);
  ++loop.outstanding;
}

void poll_once(Loop& loop) {
  loop.calls = loop.lists;
  loop.sent = 0;
  while (loop.sent < loop.calls.size() || loop.outstanding > 0) {
    while (loop.outstanding < loop.window && loop.sent < loop.calls.size()) {
      send(loop, loop.calls[loop.sent++]);
    }
    const int processed = check(sd_bus_process(loop.bus, nullptr), "process");
    if (processed == 0) check(sd_bus_wait(loop.bus, UINT64_MAX), "wait");
  }
}

std::string introspect(const Loop& loop, const char* object) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* reply = nullptr;
  const char* xml = nullptr;
  check(sd_bus_call_method(loop.bus, loop.service.c_str(), object, "org.freedesktop.DBus.Introspectable",
                           "Introspect", &error, &reply, ""),
        "Introspect");
  check(sd_bus_message_read(reply, "s", &xml), "Introspect");
  std::string text = xml;
  sd_bus_message_unref(reply);
  return text;
}

bool has_method(const std::string& xml, const char* method) {
  return xml.find("<method name=\"" + std::string(method) + "\"") != std::string::npos;
}

// An unknown method called makes a server log two lines: what it lacks is not called.
void learn_methods(Loop& loop) {
  const std::string exports = introspect(loop, export_object);
  const std::string clients = introspect(loop, client_object);
  loop.lists = {{"/org/ganesha/nfsd/admin", "org.ganesha.nfsd.admin", "get_grace", ""}};
  for (const char* method : {"StatusStats", "GetNFSIO"}) {
    if (has_method(exports, method)) loop.lists.push_back({export_object, export_stats, method, ""});
  }
  loop.lists.push_back({export_object, "org.ganesha.nfsd.exportmgr", "ShowExports", ""});
  loop.lists.push_back({client_object, "org.ganesha.nfsd.clientmgr", "ShowClients", ""});
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    loop.answers_protocol[i] = has_method(clients, protocols[i].method);
  }
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void measure_poll(Loop& loop) {
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  poll_once(loop);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf("%.6f %.6f %zu\n", wall.count(), cpu_seconds() - cpu, loop.calls.size());
}

void connect(Loop& loop, const char* address) {
  check(sd_bus_new(&loop.bus), "bus");
  check(sd_bus_set_address(loop.bus, address), "address");
  check(sd_bus_set_bus_client(loop.bus, 1), "bus");
  check(sd_bus_start(loop.bus), "connect");
}

// Returns the value if the argument is `--name=value`, else nullptr.
const char* value_of(const char* argument, const char* name) {
  const std::size_t length = std::strlen(name);
  return std::strncmp(argument, name, length) == 0 ? argument + length : nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  Loop loop;
  std::string address;
  unsigned long polls = 1;
  for (int i = 1; i < argc; ++i) {
    if (const char* given = value_of(argv[i], "--address=")) {
      address = given;
    } else if (const char* service = value_of(argv[i], "--service=")) {
      loop.service = service;
    } else if (const char* count = value_of(argv[i], "--polls=")) {
      polls = std::strtoul(count, nullptr, 10);
    } else if (const char* window = value_of(argv[i], "--window=")) {
      loop.window = std::strtoul(window, nullptr, 10);
    } else if (const char* clients = value_of(argv[i], "--clients=")) {
      loop.clients_asked = std::strtoul(clients, nullptr, 10);
    } else {
      std::fprintf(stderr, "bare_loop: not a flag: %s\n", argv[i]);
      return 1;
    }
  }
  connect(loop, address.c_str());
  learn_methods(loop);
  for (unsigned long i = 0; i < polls; ++i) measure_poll(loop);
  sd_bus_flush_close_unref(loop.bus);
  return 0;
}
