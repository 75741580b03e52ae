// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

// Release is what ships: Embedded Swift, so that the library needs jansson and the C library and nothing else.
// Debug is full Swift, for tests, coverage and sanitizers.
let embedded: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatWarning("StrictMemorySafety", as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableExperimentalFeature("SymbolLinkageMarkers"),
  .enableExperimentalFeature("Embedded", .when(configuration: .release)),
  .unsafeFlags(
    [
      "-Xfrontend", "-no-allocations",  // the compiler refuses code that would allocate
      "-Xcc", "-momit-leaf-frame-pointer",  // a decision calls nothing, so a debugger misses none of its callers
      "-Xfrontend", "-function-sections",  // so that --gc-sections can drop what is not used
      // The same bytes wherever it is built: no path of the checkout, and none of the module cache.
      "-file-prefix-map", "\(Context.packageDirectory)=.",
      "-Xfrontend", "-no-clang-module-breadcrumbs",
    ],
    .when(configuration: .release)),
]

#if arch(x86_64)
  let avx2: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
#else
  let avx2: [SwiftSetting] = []
#endif

let package = Package(
  name: "callprop",
  products: [
    .library(name: "callprop", type: .dynamic, targets: ["CallProp"])
  ],
  targets: [
    .systemLibrary(name: "CCallProp", path: "include"),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CLibc"),
    .systemLibrary(name: "CVersion"),
    .systemLibrary(name: "CWide"),
    .target(name: "CallPropWide", dependencies: ["CWide"], swiftSettings: embedded + avx2),
    .target(
      name: "CallProp",
      dependencies: ["CCallProp", "CJansson", "CLibc", "CVersion", "CWide", "CallPropWide"],
      exclude: ["callprop.ld", "callprop.map"],
      swiftSettings: embedded,
      linkerSettings: [
        .unsafeFlags(
          [
            "-use-ld=lld",
            "-Xclang-linker", "-nostartfiles",  // nothing to construct or destroy
            "-Xlinker", "--script=Sources/CallProp/callprop.ld",
            "-Xlinker", "--version-script=Sources/CallProp/callprop.map",
            "-Xlinker", "-soname=libcallprop.so.1",
            "-Xlinker", "--gc-sections",
            "-Xlinker", "--no-rosegment",  // a mapping less: loading takes a twentieth less time
            "-Xlinker", "--as-needed",
            "-Xlinker", "--no-undefined",
            "-Xlinker", "-z", "-Xlinker", "relro",
            "-Xlinker", "-z", "-Xlinker", "now",
            "-Xlinker", "-z", "-Xlinker", "shstk",  // nothing here changes a return address
            "-Xlinker", "-z", "-Xlinker", "nodelete",  // borrowed text outlives dlclose
          ],
          .when(configuration: .release))
      ]),
    .systemLibrary(name: "CScenarios", path: "Tests/shared"),
    .testTarget(
      name: "CallPropTests",
      dependencies: ["CallProp", "CCallProp", "CScenarios"],
      swiftSettings: [.unsafeFlags(["-I", "\(Context.packageDirectory)/include"])]),  // scenarios.h includes callprop.h
  ]
)
