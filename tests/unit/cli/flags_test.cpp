#include "exporter/cli/flags.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "exporter/base/parse.hpp"

namespace {
using namespace ganesha::exporter;
using namespace std::chrono_literals;

using Arguments = std::vector<std::string>;

std::variant<Options, EarlyExit> parse(const Arguments& arguments) {
  std::vector<const char*> argv{"ganesha_exporter"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  return parse_flags(static_cast<int>(argv.size()), argv.data(), "ganesha_exporter 1.2.3");
}

Options flags(const Arguments& arguments) {
  const auto result = parse(arguments);
  if (const auto* leave = std::get_if<EarlyExit>(&result)) ADD_FAILURE() << leave->text;
  return std::holds_alternative<Options>(result) ? std::get<Options>(result) : Options{};
}

// The line that is printed; what holds for every such line is checked here.
std::string usage_error(const Arguments& arguments) {
  const auto result = parse(arguments);
  if (!std::holds_alternative<EarlyExit>(result)) return "no error";
  const EarlyExit leave = std::get<EarlyExit>(result);
  EXPECT_EQ(leave.code, 1);
  EXPECT_EQ(std::count(leave.text.begin(), leave.text.end(), '\n'), 1) << leave.text;
  EXPECT_TRUE(leave.text.starts_with("ganesha_exporter: ")) << leave.text;
  EXPECT_TRUE(leave.text.ends_with("; see --help\n")) << leave.text;
  return leave.text;
}

bool refuses(const Arguments& arguments, const std::string& part) {
  return usage_error(arguments).find(part) != std::string::npos;
}

// An environment variable, for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

TEST(Flags, HaveTheDefaultsOfTheDesign) {
  const Options found = flags({});
  EXPECT_EQ(found.listen, (std::vector<ListenAddress>{{"", 19587}}));
  EXPECT_EQ(found.telemetry_path, "/metrics");
  EXPECT_TRUE(found.exporter_metrics);
  EXPECT_EQ(found.max_requests, 40U);
  EXPECT_EQ(found.dbus_address, "");
  EXPECT_EQ(found.dbus_service_name, "org.ganesha.nfsd");
  EXPECT_EQ(found.dbus_timeout, 10s);
  EXPECT_EQ(found.dbus_window, 32U);
  EXPECT_EQ(found.poll_interval, 5s);
  EXPECT_DOUBLE_EQ(found.poll_max_duty_ratio, 0.1);
  EXPECT_EQ(found.heartbeat_timeout, 10s);
  for (std::size_t i = 0; i < collectors.size(); ++i)
    EXPECT_EQ(found.enabled[i], collectors[i].by_default) << collectors[i].name;
  EXPECT_EQ(found.selection.clients.max_idle, 24h);
  EXPECT_EQ(found.selection.clients.max, 10'000U);
  EXPECT_EQ(found.selection.exports.max, 10'000U);
  EXPECT_FALSE(found.selection.clients.aggregation);
  EXPECT_EQ(found.log_level, LogLevel::info);
  EXPECT_EQ(found.log_format, LogFormat::logfmt);
  EXPECT_EQ(found.action, Action::serve);
}

TEST(Flags, AcceptEveryValue) {
  const Options found =
      flags({"--web.telemetry-path=/m/x", "--web.disable-exporter-metrics", "--web.max-requests=0",
             "--dbus.address=unix:path=/tmp/bus,guid=1", "--dbus.service-name", "prefix.org.ganesha.nfsd",
             "--dbus.timeout=1m30s", "--dbus.window=100", "--poll.interval=200ms", "--poll.max-duty-ratio=1",
             "--heartbeat.timeout=0", "--log.level=debug", "--log.format=json"});
  EXPECT_EQ(found.telemetry_path, "/m/x");
  EXPECT_FALSE(found.exporter_metrics);
  EXPECT_EQ(found.max_requests, 0U);
  EXPECT_EQ(found.dbus_address, "unix:path=/tmp/bus,guid=1");
  EXPECT_EQ(found.dbus_service_name, "prefix.org.ganesha.nfsd");
  EXPECT_EQ(found.dbus_timeout, 90s);
  EXPECT_EQ(found.dbus_window, 100U);
  EXPECT_EQ(found.poll_interval, 200ms);
  EXPECT_DOUBLE_EQ(found.poll_max_duty_ratio, 1);
  EXPECT_EQ(found.heartbeat_timeout, 0s);
  EXPECT_EQ(found.log_level, LogLevel::debug);
  EXPECT_EQ(found.log_format, LogFormat::json);
}

TEST(Flags, AcceptAnEmptyValueWithoutTheNextArgument) {
  const Options found = flags({"--collector.exports.include=", "--no-collector.clients"});
  EXPECT_FALSE(found.selection.exports.filter.include);
  EXPECT_FALSE(found.enabled.test(index_of(CollectorId::clients)));
  EXPECT_TRUE(refuses({"--poll.interval=", "--no-collector.clients"}, "--poll.interval"));
}

TEST(Flags, AcceptSeveralListenAddresses) {
  const Options found = flags({"--web.listen-address=:0", "--web.listen-address", "127.0.0.1:19587",
                               "--web.listen-address=[::1]:65535", "--web.listen-address=localhost:1"});
  EXPECT_EQ(found.listen,
            (std::vector<ListenAddress>{{"", 0}, {"127.0.0.1", 19587}, {"::1", 65535}, {"localhost", 1}}));
}

TEST(Flags, RefuseWhatIsNoListenAddress) {
  for (const auto* text : {"19587", "127.0.0.1", ":", ":x", ":65536", ":-1", "::1:80", "[::1]", "[]:80",
                           "[::1:80", "[localhost]:80", "a b:80", "http://a:80", "a:80/"})
    EXPECT_FALSE(parse_listen_address(text)) << text;
  EXPECT_TRUE(refuses({"--web.listen-address=:1", "--web.listen-address=x"},
                      R"(--web.listen-address: "x" is not an address (such as :19587)"));
}

TEST(Flags, RefuseWhatIsNoIpv6Address) {
  for (const auto* text : {"[1:2]:80", "[::1%]:80", "[:::]:80", "[fe80::1%a b]:80", "[fe80::%eth0%eth1 ]:80"})
    EXPECT_FALSE(parse_listen_address(text)) << text;
  EXPECT_EQ(parse_listen_address("[::ffff:10.0.0.1]:80"), (ListenAddress{"::ffff:10.0.0.1", 80}));
}

TEST(Flags, AskForTheInterfaceOfALinkLocalAddress) {
  EXPECT_EQ(usage_error({"--web.listen-address=[fe80::1]:19587"}),
            "ganesha_exporter: --web.listen-address: \"[fe80::1]:19587\" is a link-local address: add its "
            "network interface, as in [fe80::1%eth0]:19587; see --help\n");
  EXPECT_TRUE(refuses({"top", "--exporter=[FEBF::1]:80"}, "as in [FEBF::1%eth0]:80"));
  EXPECT_EQ(flags({"--web.listen-address=[fe80::1%eth0]:80"}).listen.front().host, "fe80::1%eth0");
  EXPECT_EQ(flags({"--web.listen-address=[fec0::1]:80"}).listen.front().host, "fec0::1");
}

TEST(Flags, TakeTheListenAddressFromTheEnvironmentToo) {
  EXPECT_EQ(flags({}).listen_from, AddressSource::by_default);
  const Variable variable("GANESHA_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:1 [::1]:2");
  const Options found = flags({});
  EXPECT_EQ(found.listen, (std::vector<ListenAddress>{{"127.0.0.1", 1}, {"::1", 2}}));
  EXPECT_EQ(found.listen_from, AddressSource::environment);
  const Options given = flags({"--web.listen-address=:3"});
  EXPECT_EQ(given.listen, (std::vector<ListenAddress>{{"", 3}})) << "the flag counts";
  EXPECT_EQ(given.listen_from, AddressSource::flag);
  setenv("GANESHA_EXPORTER_WEB_LISTEN_ADDRESS", "x", 1);
  EXPECT_TRUE(refuses({}, R"(--web.listen-address: "x" is not an address)"));
}

TEST(Flags, RefuseWhatIsNoBusAddress) {
  EXPECT_EQ(flags({"--dbus.address="}).dbus_address, "") << "the system bus";
  EXPECT_EQ(usage_error({"--dbus.address= unix:path=/x"}),
            "ganesha_exporter: --dbus.address: \" unix:path=/x\" is not an address of a bus (such as "
            "unix:path=/run/ganesha/bus): \" unix\" is not a transport; it must be unix, tcp, unixexec or "
            "x-machine-unix; see --help\n");
}

TEST(Flags, TakeTheAddressOfAServerWithoutABus) {
  const auto address = [](const std::string& text) {
    const Options found = flags({"--dbus.address=none", "--ganesha.nfs-address=" + text});
    EXPECT_FALSE(found.has_bus);
    return found.nfs_address.value_or(ListenAddress{});
  };
  EXPECT_EQ(address("127.0.0.1:12049"), (ListenAddress{"127.0.0.1", 12049}));
  EXPECT_EQ(address("nfs.example.com"), (ListenAddress{"nfs.example.com", 2049}));
  EXPECT_EQ(address("[::1]"), (ListenAddress{"::1", 2049}));
  EXPECT_TRUE(flags({"--dbus.address=none", "--dbus.address="}).has_bus) << "the last one counts";
  for (const auto* const wrong : {"", ":2049", "host:0", "host:x", "::1", "unix:/run/nfs", "a b"})
    EXPECT_TRUE(refuses({"--dbus.address=none", std::string("--ganesha.nfs-address=") + wrong},
                        "is not the address of a server"))
        << wrong;
}

TEST(Flags, LetTheLastOfARepeatedFlagCount) {
  EXPECT_EQ(flags({"--poll.interval=1s", "--poll.interval=2s"}).poll_interval, 2s);
  EXPECT_EQ(flags({"--log.level=warn", "--log.level=error"}).log_level, LogLevel::error);
  EXPECT_EQ(flags({"--dbus.address=unix:path=a", "--dbus.address=unix:path=b"}).dbus_address, "unix:path=b");
}

TEST(Flags, SwitchCollectorsOnAndOff) {
  const auto on = [](const Arguments& arguments, CollectorId id) {
    return flags(arguments).enabled.test(index_of(id));
  };
  EXPECT_FALSE(on({"--no-collector.clients"}, CollectorId::clients));
  EXPECT_TRUE(on({"--no-collector.clients"}, CollectorId::exports));
  EXPECT_TRUE(on({"--collector.layouts"}, CollectorId::layouts));
  EXPECT_FALSE(on({}, CollectorId::layouts));
  EXPECT_TRUE(flags({"--collector.disable-defaults"}).enabled.none());
  EXPECT_EQ(flags({"--collector.exports", "--collector.disable-defaults"}).enabled.count(), 1U);
  EXPECT_TRUE(on({"--collector.exports", "--collector.disable-defaults"}, CollectorId::exports));
  EXPECT_FALSE(on({"--collector.clients", "--no-collector.clients"}, CollectorId::clients));
  EXPECT_TRUE(on({"--no-collector.clients", "--collector.clients"}, CollectorId::clients));
}

TEST(Flags, KnowWhichCollectorsTheyName) {
  EXPECT_TRUE(flags({"--no-collector.exports"}).named.none());
  EXPECT_EQ(flags({"--collector.layouts", "--collector.exports", "--no-collector.exports"}).named,
            set_of({CollectorId::layouts}));
}

TEST(Flags, SelectWhatIsShown) {
  const auto found = flags({"--collector.exports.exclude=/tmp.*", "--collector.clients.include=10.0.0.0/8",
                            "--collector.clients.max-idle=1h", "--collector.clients.max=7",
                            "--collector.exports.max=8", "--collector.clients.aggregate=/24"})
                         .selection;
  EXPECT_FALSE(found.exports.filter.takes("/tmp/x"));
  EXPECT_TRUE(found.clients.filter.takes("10.1.1.1"));
  EXPECT_FALSE(found.clients.filter.takes("11.1.1.1"));
  EXPECT_EQ(found.clients.max_idle, 1h);
  EXPECT_EQ(found.clients.max, 7U);
  EXPECT_EQ(found.exports.max, 8U);
  EXPECT_EQ(found.clients.label("10.1.1.1"), "10.1.1.0/24");
  EXPECT_EQ(found.clients.detail, ClientDetail::full);
  EXPECT_EQ(flags({"--collector.clients.detail=totals"}).selection.clients.detail, ClientDetail::totals);
  EXPECT_TRUE(refuses({"--collector.clients.detail=all"}, "\"all\" is not full, io or totals"));
  EXPECT_TRUE(refuses({"--collector.clients.include=("}, "is neither a regular expression nor"));
  EXPECT_TRUE(refuses({"--collector.clients.exclude=10.0.0.0/33"}, "is neither a regular expression nor"));
  EXPECT_TRUE(refuses({"--collector.clients.aggregate=24"}, "is not the length of a network"));
  EXPECT_TRUE(refuses({"--collector.exports.include=a", "--collector.exports.exclude=b"}, "excludes"));
}

TEST(Flags, ChooseOneAction) {
  EXPECT_EQ(flags({"--once"}).action, Action::once);
  EXPECT_EQ(flags({"--config.check"}).action, Action::check_config);
  EXPECT_EQ(flags({"--healthcheck"}).action, Action::healthcheck);
  EXPECT_EQ(flags({"--healthcheck.live"}).action, Action::livecheck);
  EXPECT_TRUE(refuses({"--healthcheck", "--healthcheck.live"}, "--healthcheck excludes --healthcheck.live"));
  EXPECT_TRUE(refuses({"--once", "--healthcheck"}, "--once excludes --healthcheck"));
  EXPECT_TRUE(refuses({"--config.check", "--healthcheck"}, "--config.check excludes --healthcheck"));
}

TEST(Flags, ShowTheTables) {
  EXPECT_EQ(flags({}).action, Action::serve);
  const Options plain = flags({"top"});
  EXPECT_EQ(plain.action, Action::top);
  EXPECT_FALSE(plain.ask.address) << "that of --web.listen-address";
  EXPECT_EQ(plain.top.interval, 2s);
  EXPECT_FALSE(plain.top.iterations);
  const TopOptions found = flags({"top", "-d", "500ms", "-b", "-n3", "-t", "clients", "-s", "latency", "-r",
                                  "--filter=a b", "--rows=500"})
                               .top;
  EXPECT_EQ(found.interval, 500ms);
  EXPECT_TRUE(found.batch);
  EXPECT_EQ(found.iterations, 3U);
  EXPECT_EQ(found.table, TopTable::clients);
  EXPECT_EQ(found.sort, TopSort::latency);
  EXPECT_TRUE(found.reverse);
  EXPECT_EQ(found.filter, "a b");
  EXPECT_EQ(found.rows, 500U);
}

TEST(Flags, NameTheDirectoryOfARecording) {
  const Options found = flags({"--dbus.window=3", "record", "/tmp/a b", "--dbus.timeout=1s"});
  EXPECT_EQ(found.action, Action::record);
  EXPECT_EQ(found.record_folder, "/tmp/a b");
  EXPECT_EQ(found.dbus_window, 3U);
  EXPECT_EQ(found.dbus_timeout, 1s) << "flags of the program may follow";
  EXPECT_FALSE(found.collectors_chosen);
  for (const std::string chosen : {"--collector.fds", "--no-collector.fds", "--collector.disable-defaults"})
    EXPECT_TRUE(flags({"record", "a", chosen}).collectors_chosen) << chosen;
  EXPECT_TRUE(refuses({"record"}, "DIR is required"));
  EXPECT_TRUE(refuses({"record", "a", "b"}, "unknown argument \"b\""));
  EXPECT_TRUE(refuses({"--once", "record", "a"}, "record cannot be combined with --once, "));
  EXPECT_TRUE(refuses({"record", "a", "--ganesha.run"}, "it cannot be combined with --ganesha.run"));
  const std::string help = std::get<EarlyExit>(parse({"record", "--help"})).text;
  EXPECT_NE(help.find("Usage: ganesha_exporter record DIR [flags]"), help.npos) << help;
}

TEST(Flags, SayWhichExporterIsAskedAndHow) {
  for (const std::string command : {"top", "--healthcheck", "--healthcheck.live"}) {
    const ExporterToAsk found =
        flags({"--web.listen-address=:1", command, "--exporter=https://[::1]:7", "--exporter.ca-file=a",
               "--exporter.cert-file=b", "--exporter.key-file=c", "--exporter.username=d",
               "--exporter.password-file=e"})
            .ask;
    EXPECT_EQ(found.address, (ExporterAddress{{"::1", 7}, Scheme::https})) << command;
    EXPECT_EQ(found.ca_file + found.cert_file + found.key_file + found.username + found.password_file,
              "abcde");
  }
}

TEST(Flags, OfTheConnectionMustFitTogether) {
  EXPECT_TRUE(refuses({"--exporter=a:1"}, "need --healthcheck, --healthcheck.live or top"));
  EXPECT_TRUE(refuses({"--exporter.username=a", "--exporter.password-file=b"}, "need --healthcheck, "));
  EXPECT_TRUE(refuses({"top", "--exporter.cert-file=a"},
                      "--exporter.cert-file and --exporter.key-file need each other"));
  EXPECT_TRUE(refuses({"--healthcheck", "--exporter.username=a"},
                      "--exporter.username and --exporter.password-file need each other"));
  EXPECT_TRUE(
      refuses({"top", "--exporter=a:1", "--exporter.ca-file=b"}, "need --exporter=https://HOST:PORT"));
  EXPECT_TRUE(refuses({"top", "--exporter=https://a/b"}, "--exporter: \"https://a/b\" is not an address"));
}

TEST(Flags, TakeUnixSockets) {
  EXPECT_EQ(flags({"--web.listen-address=unix:/run/a.sock"}).listen,
            (std::vector<ListenAddress>{{"", 0, "/run/a.sock"}}));
  const std::string longest = "/" + std::string(max_socket_path - 1, 'a');
  EXPECT_EQ(flags({"--web.listen-address=unix:" + longest}).listen.front().path, longest);
  EXPECT_TRUE(refuses({"--web.listen-address=unix:" + longest + "a"},
                      "is too long: the path of a unix socket has at most 107 bytes, this one 108"));
  EXPECT_TRUE(refuses({"--web.listen-address=unix:run/a"}, "is not an address"));
}

TEST(Flags, TakeTheSocketsOfTheServiceManagerInsteadOfAnAddress) {
  EXPECT_TRUE(flags({"--web.systemd-socket"}).systemd_sockets);
  EXPECT_TRUE(refuses({"--web.systemd-socket", "--web.listen-address=:1"},
                      "--web.systemd-socket excludes --web.listen-address"));
  const Variable variable("GANESHA_EXPORTER_WEB_LISTEN_ADDRESS", "127.0.0.1:1");
  EXPECT_TRUE(flags({"--web.systemd-socket"}).systemd_sockets) << "as in an image: the flag counts";
}

TEST(Flags, NameFurtherAddressesForProbes) {
  EXPECT_TRUE(flags({}).health_listen.empty());
  EXPECT_EQ(
      flags({"--web.health-listen-address=:1", "--web.health-listen-address=unix:/run/a"}).health_listen,
      (std::vector<ListenAddress>{{"", 1}, {"", 0, "/run/a"}}));
  EXPECT_TRUE(
      refuses({"--web.health-listen-address="}, "--web.health-listen-address: \"\" is not an address"));
}

TEST(Flags, NameFurtherHosts) {
  EXPECT_EQ(flags({"--web.allowed-host=a.example", "--web.allowed-host=*.b"}).allowed_hosts,
            (std::vector<std::string>{"a.example", "*.b"}));
  EXPECT_EQ(flags({"--web.allowed-host=*"}).allowed_hosts, std::vector<std::string>{"*"});
  for (const std::string name : {"a:80", "http://a", "*a", "a.*", ".a", "*."})
    EXPECT_TRUE(refuses({"--web.allowed-host=" + name}, "is not a host name")) << name;
}

TEST(Flags, OfTheTablesAreRefusedLikeAllOthers) {
  EXPECT_TRUE(refuses({"top", "--bogus"}, "unknown argument \"--bogus\""));
  EXPECT_TRUE(refuses({"top", "extra"}, "unknown argument \"extra\""));
  EXPECT_TRUE(refuses({"--interval=1s"}, "unknown argument \"--interval=1s\"")) << "of top alone";
  EXPECT_TRUE(refuses({"top", "-s", "size"}, "--sort: \"size\" is not throughput, operations, "));
  EXPECT_TRUE(refuses({"top", "--rows=0"}, "--rows: \"0\" is not a whole number from 1 to 500"));
  EXPECT_TRUE(refuses({"top", "--exporter=x"}, "--exporter: \"x\" is not an address"));
  EXPECT_TRUE(refuses({"--once", "top"}, "top cannot be combined with --once, --config.check, "));
}

TEST(Flags, SayWhatIsWrongWithAValue) {
  EXPECT_EQ(
      usage_error({"--dbus.timeout=0s"}),
      "ganesha_exporter: --dbus.timeout: \"0s\" is not a duration above 0 (such as 200ms, 5s, 1m30s); see "
      "--help\n");
  EXPECT_TRUE(refuses({"--heartbeat.timeout=5x"}, "\"5x\" is not a duration (such as 200ms"));
  EXPECT_TRUE(refuses({"--poll.interval=5x"}, "--poll.interval: \"5x\" is not a duration above 0 (such"));
  EXPECT_TRUE(refuses({"--poll.interval=0"}, "\"0\" is not a duration above 0"));
  EXPECT_TRUE(refuses({"--dbus.window=101"}, "\"101\" is not a whole number from 1 to 100"));
  EXPECT_TRUE(refuses({"--dbus.window=0"}, "whole number from 1 to 100"));
  EXPECT_TRUE(refuses({"--web.max-requests=-1"}, "\"-1\" is not a whole number"));
  EXPECT_TRUE(refuses({"--log.level=trace"}, "\"trace\" is not debug, info, warn or error"));
  EXPECT_TRUE(refuses({"--log.format=xml"}, "\"xml\" is not logfmt or json"));
  for (const auto* ratio : {"0", "1.1", "-0.1", "nan", "inf", "x", "0.1x", ""})
    EXPECT_FALSE(parse_ratio(ratio)) << ratio;
  EXPECT_TRUE(refuses({"--poll.max-duty-ratio=2"}, "\"2\" is not a number from 0.001 to 1"));
}

TEST(Flags, RefuseATelemetryPathThatCannotBeServed) {
  for (const auto* path : {"/", "metrics", "/-/ready", "/-/healthy", "/-", "/api/v1/status", "/static/x",
                           "/a b", "/a?b", "/a#b", "/%61", "/\n"})
    EXPECT_TRUE(refuses({"--web.telemetry-path=" + std::string(path)}, "--web.telemetry-path: ")) << path;
}

TEST(Flags, SayWhatTheyDoNotKnow) {
  EXPECT_TRUE(refuses({"--bogus"}, "unknown argument \"--bogus\""));
  EXPECT_TRUE(refuses({"extra"}, "unknown argument \"extra\""));
  EXPECT_TRUE(refuses({"--web.listen-address", ":1", "extra"}, "unknown argument \"extra\""));
  EXPECT_TRUE(refuses({"--a\nb"}, "unknown argument \"--a\\nb\""));
  EXPECT_TRUE(refuses({"--poll.interval"}, "--poll.interval needs a value"));
  EXPECT_TRUE(refuses({"--once=a\nb"}, "--once"));
  EXPECT_TRUE(refuses({"--poll.interval=1\n2"}, R"("1\n2" is not a duration)"));
}

TEST(Flags, PrintTheVersion) {
  const auto result = parse({"--version"});
  ASSERT_TRUE(std::holds_alternative<EarlyExit>(result));
  EXPECT_EQ(std::get<EarlyExit>(result).code, 0);
  EXPECT_EQ(std::get<EarlyExit>(result).text, "ganesha_exporter 1.2.3\n");
}

TEST(Flags, ExplainThemselvesInLinesThatFitATerminal) {
  for (const Arguments& arguments :
       {Arguments{"--help"}, {"-h"}, {"top", "--help"}, {"top", "-h"}, {"record", "-h"}}) {
    const auto result = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(result));
    EXPECT_EQ(std::get<EarlyExit>(result).code, 0);
    std::istringstream help(std::get<EarlyExit>(result).text);
    for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Flags, AreAllInTheHelpWithTheirDefaults) {
  const std::string help = std::get<EarlyExit>(parse({"--help"})).text;
  for (const auto* part : {"\nWeb:\n",
                           "\nDBus:\n",
                           "\nPolling:\n",
                           "\nCollectors:\n",
                           "\nLogging:\n",
                           "\nOther:\n",
                           "  --web.listen-address=ADDRESS\n",
                           "(default: :19587)",
                           "(environment:",
                           "(default: /metrics)",
                           "  --web.disable-exporter-metrics\n",
                           "(default: 40)",
                           "  --dbus.timeout=DURATION\n",
                           "(default: 10s)",
                           "(default: 32)",
                           "(default: org.ganesha.nfsd)",
                           "(default: 5s)",
                           "(default: 0.1)",
                           "  --[no-]collector.server\n",
                           "  --[no-]collector.clients\n",
                           "  --log.level=NAME\n",
                           "  --once\n",
                           "  --config.check\n",
                           "  --healthcheck\n",
                           "  --healthcheck.live\n",
                           "  --version\n",
                           "  -h, --help\n"})
    EXPECT_NE(help.find(part), help.npos) << part << help;
  EXPECT_NE(help.find("\n  top\n"), help.npos) << help;
}

TEST(Flags, NameTheWebConfigurationAndAllowItsReload) {
  EXPECT_EQ(flags({}).web_config_file, "");
  EXPECT_FALSE(flags({}).lifecycle);
  EXPECT_EQ(flags({"--web.config.file=/etc/web.yml"}).web_config_file, "/etc/web.yml");
  EXPECT_EQ(flags({"--web.config.file="}).web_config_file, "");
  EXPECT_TRUE(flags({"--web.enable-lifecycle"}).lifecycle);
}

TEST(Flags, OfTheTablesAreInTheHelpOfTheirCommand) {
  const std::string help = std::get<EarlyExit>(parse({"top", "--help"})).text;
  for (const auto* part :
       {"Usage: ganesha_exporter top [flags]", "  --exporter=ADDRESS\n", "  -d, --interval=DURATION\n",
        "(default: 2s)", "  -t, --table=NAME\n", "  -s, --sort=NAME\n", "  -r, --reverse\n",
        "  -f, --filter=TEXT\n", "  -b, --batch\n", "  -n, --iterations=NUMBER\n", "  --rows=NUMBER\n",
        "(default: 20)", "  --ascii\n", "  -h, --help\n"})
    EXPECT_NE(help.find(part), help.npos) << part << help;
  EXPECT_EQ(help.find("--dbus."), help.npos) << "nothing of the others";
}

TEST(TheServersOwnMetrics, AreFetchedFromAUrl) {
  const auto found = flags({"--collector.built_in", "--ganesha.metrics-url=http://[::1]:9587",
                            "--ganesha.metrics-interval=30s", "--ganesha.metrics-timeout=2s"});
  EXPECT_EQ(found.metrics_url, (HttpUrl{"::1", 9587, "/metrics"}));
  EXPECT_EQ(found.metrics_interval, 30s);
  EXPECT_EQ(found.metrics_timeout, 2s);
  const Variable variable("GANESHA_METRICS_URL", "http://nfs1:9587/metrics");
  EXPECT_EQ(flags({"--collector.built_in"}).metrics_url->host, "nfs1");
}

TEST(TheServersOwnMetrics, AreFetchedOnceASecondAtMost) {
  EXPECT_EQ(flags({"--ganesha.metrics-interval=1s"}).metrics_interval, 1s);
  EXPECT_TRUE(refuses({"--ganesha.metrics-interval=999ms"},
                      "\"999ms\" is not a duration of at least 1s (such as 5s, 1m30s)"));
}

TEST(TheServersOwnMetrics, NeedTheirUrlUnlessTheServerIsOurs) {
  EXPECT_TRUE(refuses({"--collector.built_in"}, "--collector.built_in needs --ganesha.metrics-url"));
  EXPECT_TRUE(refuses({"--ganesha.metrics-url=http://a:1"}, "needs --collector.built_in"));
  EXPECT_EQ(flags({"--collector.built_in", "--ganesha.run"}).metrics_url, std::nullopt);
  EXPECT_EQ(flags({"--collector.built_in", "--help-metrics"}).action, Action::help_metrics);
}

TEST(TheServersOwnMetrics, AreRefusedFromWhatIsNoUrl) {
  for (const char* odd : {"localhost:9587", "https://a/metrics", "http://a b/"})
    EXPECT_TRUE(refuses({"--collector.built_in", std::string("--ganesha.metrics-url=") + odd},
                        "is not a URL (such as http://127.0.0.1:9587/metrics)"));
  EXPECT_TRUE(refuses({"--ganesha.metrics-url=http://[fe80::1]:9587/"}, "link-local"));
}

}  // namespace
