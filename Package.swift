// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

// The machine that the library is for, as Debian calls it: the one that builds, unless Sources/cross/build.sh says another.
#if arch(x86_64)
  let thisMachine = "amd64"
#elseif arch(arm64)
  let thisMachine = "arm64"
#elseif arch(arm)
  let thisMachine = "armhf"
#elseif arch(i386)
  let thisMachine = "i386"
#else
  let thisMachine = "other"
#endif
let machine = Context.environment["CALLPROP_ARCH"] ?? thisMachine

// The compiler refuses code that would allocate. Where numbers have 32 bits it takes those of 64 for such code.
let withoutAllocations = machine == "armhf" || machine == "i386" ? [] : ["-Xfrontend", "-no-allocations"]

// The wide kernels are compiled for processors that have what they use.
let wide: [SwiftSetting] = machine == "amd64" ? [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])] : []

// Where the processor can, it lets branches land only where they are meant to, and signs return addresses.
let branchProtection = machine == "arm64" ? ["-Xcc", "-mbranch-protection=standard"] : []

// Kernels with pages of 16 and 64 KiB protect whole pages.
let bigPages = [
  "-Xlinker", "-z", "-Xlinker", "max-page-size=65536", "-Xlinker", "-z", "-Xlinker", "common-page-size=65536",
]

let forThisMachine: [String] =
  switch machine {
  // Nothing here changes a return address.
  case "amd64", "i386": ["-Xlinker", "-z", "-Xlinker", "shstk"]
  case "arm64": bigPages + ["-Xlinker", "-z", "-Xlinker", "bti-report=error"]
  case "armhf": bigPages
  default: []
  }

// Release is what ships: Embedded Swift, so that the library needs jansson and the C library and nothing else.
// Debug is full Swift, for tests, coverage and sanitizers.
let embedded: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatWarning("StrictMemorySafety", as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableExperimentalFeature("SymbolLinkageMarkers"),
  .enableExperimentalFeature("Embedded", .when(configuration: .release)),
  .unsafeFlags(
    withoutAllocations + branchProtection + [
      "-Xcc", "-momit-leaf-frame-pointer",  // a decision calls nothing, so a debugger misses none of its callers
      "-Xfrontend", "-function-sections",  // so that --gc-sections can drop what is not used
      // The same bytes wherever it is built: no path of the checkout, and none of the module cache.
      "-file-prefix-map", "\(Context.packageDirectory)=.",
      "-Xfrontend", "-no-clang-module-breadcrumbs",
    ],
    .when(configuration: .release)),
]

// The system's modules are not indexed anew for each clone: that is a sixth of building the tests, and no editor asks for it.
let quickly: [SwiftSetting] = [.unsafeFlags(["-index-ignore-system-modules"], .when(configuration: .debug))]

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
    .target(name: "CallPropWide", dependencies: ["CWide"], swiftSettings: quickly + embedded + wide),
    .target(
      name: "CallProp",
      dependencies: ["CCallProp", "CJansson", "CLibc", "CVersion", "CWide", "CallPropWide"],
      exclude: ["callprop.ld", "callprop.map"],
      swiftSettings: quickly + embedded,
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
            "-Xlinker", "-z", "-Xlinker", "nodelete",  // borrowed text outlives dlclose
          ] + forThisMachine,
          .when(configuration: .release))
      ]),
    .systemLibrary(name: "CScenarios", path: "Tests/shared"),
    .testTarget(
      name: "CallPropTests",
      dependencies: ["CallProp", "CCallProp", "CScenarios"],
      // scenarios.h includes callprop.h
      swiftSettings: quickly + [.unsafeFlags(["-I", "\(Context.packageDirectory)/include"])]),
  ]
)
