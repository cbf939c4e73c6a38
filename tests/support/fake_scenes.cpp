#include "fake_scenes.hpp"

#include <numeric>

namespace fake {
namespace {

using Names = std::vector<std::string>;

// What the exporter calls; hostile_test.py compares it with the bus policy.
const Names& ordinary_methods() {
  static const Names names{
      "admin.get_drc_info",          "ExportMgr.GetGlobalOPS",       "ExportMgr.GetFastOPS",
      "ExportMgr.GetFULLV3Stats",    "ExportMgr.GetAuthStats",       "ExportMgr.GetFSALStats",
      "ExportMgr.ShowCacheInode",    "ExportMgr.ShowMDCache",        "ExportMgr.ShowFDUsage",
      "ExportMgr.GetNFSIO",          "ExportMgr.GetExportDetails",   "ExportMgr.GetNFSv3IO",
      "ExportMgr.GetNFSv40IO",       "ExportMgr.GetNFSv41IO",        "ExportMgr.GetNFSv42IO",
      "ExportMgr.GetNFSv41Layouts",  "ExportMgr.GetNFSv42Layouts",   "ClientMgr.GetClientIOops",
      "ClientMgr.GetAllClientIOops", "ClientMgr.GetAllClientAllops", "ClientMgr.GetDelegations",
      "ClientMgr.GetNFSv3IO",        "ClientMgr.GetNFSv40IO",        "ClientMgr.GetNFSv41IO",
      "ClientMgr.GetNFSv42IO",       "MemMgr.GetMemoryStats"};
  return names;
}

// They are called after others of their collector, if these answered well.
const Names& later_methods() {
  static const Names names{"admin.get_grace",           "ExportMgr.DisplayExport",
                           "ExportMgr.Get9pIO",         "ExportMgr.GetFULLV4Stats",
                           "ClientMgr.Get9pIO",         "ClientMgr.GetNFSv41Layouts",
                           "ClientMgr.GetNFSv42Layouts"};
  return names;
}

// Without these the exporter calls fewer of the others: they have scenes of their own.
const Names& leading_methods() {
  static const Names names{"ExportMgr.ShowExports", "ClientMgr.ShowClients", "ExportMgr.StatusStats",
                           "admin.Get"};
  return names;
}

const Names& single_methods() {
  static const Names names{"admin.Introspect", "ExportMgr.Introspect", "ClientMgr.Introspect",
                           "MemMgr.Introspect", heartbeat};
  return names;
}

// In each scene all of them answer wrongly, in different manners.
void add_fast_scenes(const Names& methods, std::vector<Scene>& scenes) {
  Random random{scenes.size()};
  std::vector<std::size_t> offsets(methods.size());
  for (std::size_t& offset : offsets) offset = random.below(fast_manners);
  for (std::size_t first = 0; first < fast_manners; ++first) {
    Scene& scene = scenes.emplace_back();
    for (std::size_t i = 0; i < methods.size(); ++i)
      scene[methods[i]] = static_cast<Manner>((first + offsets[i]) % fast_manners);
  }
}

// A call that waits ends the poll: one method at a time.
void add_waiting_scenes(const Names& methods, std::vector<Scene>& scenes) {
  for (const std::string& method : methods)
    for (const Manner manner : {Manner::late, Manner::never}) scenes.push_back({{method, manner}});
}

std::vector<Scene> make_scenes() {
  std::vector<Scene> scenes;
  add_fast_scenes(ordinary_methods(), scenes);
  add_fast_scenes(later_methods(), scenes);
  add_fast_scenes(leading_methods(), scenes);
  for (const std::string& one : single_methods()) add_fast_scenes({one}, scenes);
  for (const Names* names : {&ordinary_methods(), &later_methods(), &leading_methods(), &single_methods()})
    add_waiting_scenes(*names, scenes);
  return scenes;
}

}  // namespace

const std::vector<Scene>& all_scenes() {
  static const std::vector<Scene> scenes = make_scenes();
  return scenes;
}

const Scene& scene_of(std::uint64_t number) {
  const std::vector<Scene>& scenes = all_scenes();
  std::uint64_t stride = 61;
  while (std::gcd(stride, scenes.size()) != 1) ++stride;
  return scenes[number * stride % scenes.size()];
}

}  // namespace fake
