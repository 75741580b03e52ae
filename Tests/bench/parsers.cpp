/* SPDX-License-Identifier: MIT */
/* rapidjson as its tutorial has it; simdjson's DOM in the fastest way there is: the parser is reused, and so its memory, and
   the texts are padded beforehand, so that nothing is copied. */
#include "parsers.h"

#ifdef WITH_RAPIDJSON
#include <rapidjson/document.h>

int rapidjson_parses(const char *list, const char *call)
{
    rapidjson::Document granted, asked;
    granted.Parse(list);
    asked.Parse(call);
    return !granted.HasParseError() && !asked.HasParseError();
}
#endif

#ifdef WITH_SIMDJSON
#include <simdjson.h>
#include <string>
#include <vector>

static std::vector<simdjson::padded_string> kept_lists;
static simdjson::padded_string kept_call;
static simdjson::dom::parser parser;

int simdjson_keep(const char *const *lists, size_t count, const char *call)
{
    for (size_t i = 0; i < count; i++)
        kept_lists.emplace_back(std::string_view(lists[i]));
    kept_call = simdjson::padded_string(std::string_view(call));
    return kept_call.data() != nullptr;
}

int simdjson_parses(size_t which)
{
    if (parser.parse(kept_lists[which]).error())
        return 0;
    return !parser.parse(kept_call).error();
}

#define WORDS_OF(token) #token
#define WORDS(macro) WORDS_OF(macro)

const char *simdjson_about(void)
{
    static const std::string about = WORDS(SIMDJSON_VERSION) " for " + simdjson::get_active_implementation()->name();
    return about.c_str();
}
#endif
