#include "exporter/collect/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace {

using namespace ganesha::exporter;
using ganesha::dbus::label_of;
using ganesha::dbus::Method;
namespace methods = ganesha::dbus::methods;

TEST(TheRegistry, HasARowForEveryCollector) {
  for (const auto& info : collectors) {
    ASSERT_NO_THROW(collector(info.id)) << info.name;
    EXPECT_EQ(collector(info.id).id, info.id) << info.name;
    const bool makes_no_calls = info.id == CollectorId::built_in;
    EXPECT_EQ(collector(info.id).needs_one_of.empty(), makes_no_calls) << info.name;
    EXPECT_NE(collector(info.id).collect, nullptr) << info.name;
  }
}

TEST(TheRegistry, HasEachMethodThatIsCalledOnce) {
  std::set<std::string> labels;
  for (const auto& method : called_methods()) EXPECT_TRUE(labels.insert(label_of(method)).second);
  EXPECT_GT(labels.size(), 30U);
}

TEST(TheRegistry, HasTheMethodsThatAreCalledForNoCollectorAlone) {
  for (const Method& method : std::initializer_list<Method>{
           methods::introspect_admin, methods::introspect_export_mgr, methods::introspect_clients,
           methods::show_exports, methods::show_clients, methods::status_stats, methods::get_property})
    EXPECT_THAT(called_methods(), testing::Contains(method)) << label_of(method);
}

TEST(AMethodsLabel, LeadsBackToTheMethod) {
  for (const auto& method : called_methods())
    EXPECT_EQ(find_method(label_of(method)), method) << label_of(method);
  EXPECT_EQ(label_of(methods::show_exports), "ExportMgr.ShowExports");
  EXPECT_EQ(find_method("admin.shutdown"), std::nullopt);
}

}  // namespace
