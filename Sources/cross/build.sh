#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the library for another kind of machine, into build/ARCH: build.sh ARCH VERSION, with ARCH as Debian calls it. From the root
# of the repository. The toolchain of this machine does it, with the headers of Debian's packages, which are kept in $CALLPROP_CACHE.
set -eu

arch=${1:?usage: build.sh ARCH VERSION}
version=${2:?usage: build.sh ARCH VERSION}
fail() { echo "callprop: $*" >&2; exit 1; }

# swift: the bare machine for which the toolchain has Embedded Swift; linux: the same with Linux, for the headers of C.
suite=bookworm flags=''
case $arch in
arm64) swift=aarch64-none-none-elf linux=aarch64-unknown-linux-gnu ;;
armhf) # ARMv7 as Debian and Raspberry Pi OS have it. off_t has 64 bits, as with musl.
    swift=armv7-none-none-eabihf linux=armv7-unknown-linux-gnueabihf
    flags='-Xcc -mfpu=vfpv3-d16 -Xcc -D_FILE_OFFSET_BITS=64' ;;
riscv64) # Debian has it since 13.
    suite=trixie swift=riscv64-none-none-eabi linux=riscv64-unknown-linux-gnu
    flags='-Xcc -mabi=lp64d -Xcc -march=rv64gc' ;;
i386) # The bare machine's check of the stack asks for a name that Linux has not.
    swift=i686-none-none-elf linux=i686-unknown-linux-gnu
    flags='-Xcc -D_FILE_OFFSET_BITS=64 -Xfrontend -disable-stack-protector' ;;
*) fail "ARCH=$arch: expected arm64, armhf, riscv64 or i386" ;;
esac

cache=${CALLPROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/callprop}
mkdir -p "$cache" "build/$arch"
sysroot=$(cd "$cache" && pwd)/sysroot-$arch
out=build/$arch
names=$out/names
(
    flock 9
    python3 Sources/cross/packages.py $suite "$arch" "$sysroot" libc6-dev linux-libc-dev libjansson-dev
) 9>"$cache/$arch.lock"

toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
Sources/cross/names.sh "$names" "" "jansson libc" "$toolchain/clang" --target=$linux -fuse-ld=lld

# The modules under the names by which this compiler looks for them. (Hard float is a matter of how functions are called, and those of
# Embedded Swift's modules are compiled here, into the library.)
modules=$(cd "$(dirname "$toolchain")/lib/swift/embedded" && pwd)
case $arch in
armhf) same=armv7-none-none-eabi ;;
i386) same=i686-unknown-none-elf ;;
*) same='' ;;
esac
[ -e "$modules/Swift.swiftmodule/${same:-$swift}.swiftmodule" ] ||
    fail "this Swift has no Embedded Swift for $arch: there is no ${same:-$swift} in $modules/Swift.swiftmodule"
if [ -n "$same" ]; then
    for module in Swift Synchronization; do
        mkdir -p "$out/modules/$module.swiftmodule"
        ln -sf "$modules/$module.swiftmodule/$same.swiftmodule" "$out/modules/$module.swiftmodule/$swift.swiftmodule"
    done
    flags="$flags -I $PWD/$out/modules"
fi

# As JSON, by Python: paths may have spaces.
python3 - "$out/toolset.json" "$linux" "$sysroot" "$PWD/$out/modules" "$PWD/$names" "$flags" <<'END'
import json, sys
file, linux, sysroot, modules, names, flags = sys.argv[1:]
options = flags.replace(f"-I {modules}", "").split() + (["-I", modules] if modules in flags else [])
compiler = ["-Xfrontend", "-clang-target", "-Xfrontend", linux, "-Xcc", f"--sysroot={sysroot}", *options]
linker = ["-Wl,--build-id", f"--target={linux}", f"--sysroot={sysroot}", "-nostdlib", f"-L{names}", "-lc"]
compiler += [word for option in linker for word in ("-Xclang-linker", option)]
with open(file, "w") as output:
    json.dump({"schemaVersion": "1.0", "swiftCompiler": {"extraCLIOptions": compiler}}, output, indent=1)
END

# SwiftPM does not notice a change of flags that touch code generation only.
for file in Package.swift Sources/cross/build.sh; do
    if [ -e "$out/libcallprop.so.$version" ] && [ $file -nt "$out/libcallprop.so.$version" ]; then rm -rf "$out/swift"; fi
done
PKG_CONFIG_PATH=$PWD/$names CALLPROP_ARCH=$arch swift build --configuration release --product callprop --disable-local-rpath \
    --triple $swift --toolset "$out/toolset.json" --scratch-path "$out/swift"
cp "$out/swift/release/libcallprop.elf" "$out/libcallprop.so.unstripped"
"$toolchain/llvm-objcopy" --strip-unneeded "$out/libcallprop.so.unstripped" "$out/libcallprop.so.$version"
ln -sf "libcallprop.so.$version" "$out/libcallprop.so.1"
ln -sf libcallprop.so.1 "$out/libcallprop.so"
