/* SPDX-License-Identifier: MIT */
%module callprop
%{
#include <callprop.h>
%}
%include <stdint.i>
%include <pybuffer.i>
%pybuffer_mutable_binary(char *buffer, size_t size);
%include <callprop.h>
