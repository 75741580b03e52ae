/* SPDX-License-Identifier: MIT */
%module callprop
%{
#include <callprop.h>
%}
%include <stdint.i>
%include <callprop.h>
