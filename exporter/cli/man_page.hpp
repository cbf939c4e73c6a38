// The man page ganesha_exporter(1): `make docs` writes it to packaging/man.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}  // namespace CLI

namespace ganesha::exporter {

/// The page in roff. The flags come from `app`, the prose is here.
std::string man_page(const CLI::App& app);

/// Plain text as text of roff: nothing of it is a request or an escape, and each - is one that can be copied.
std::string roff(std::string_view text);

}  // namespace ganesha::exporter
