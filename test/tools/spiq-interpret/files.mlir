// REQUIRES: python-numpy
// RUN: rm -rf %t && mkdir %t
// RUN: %python -c "import numpy as n; n.save('%t/x.npy', n.array([[-2.0, 0.26, 300.0]], n.float32))"
// RUN: spiq-interpret %s --function=quantize --input=%t/x.npy --output=%t/q.npy
// RUN: %python -c "import numpy as n; q = n.load('%t/q.npy'); print(q.dtype, q.tolist())" | FileCheck %s --check-prefix=QUANTIZED
// RUN: spiq-interpret %s --function=dequantize --input=%t/q.npy --output=%t/y.npy
// RUN: %python -c "import numpy as n; y = n.load('%t/y.npy'); print(y.dtype, y.tolist())" | FileCheck %s --check-prefix=REAL
// RUN: spiq-interpret %s --function=dequantize --input=%t/q.npy | FileCheck %s --check-prefix=TEXT

// QUANTIZED: uint8 {{\[\[}}0, 4, 255]]
// REAL: float32 {{\[\[}}-1.5, 0.5, 126.0]]
// TEXT: tensor<1x3xf32> [-1.500000e+00, 5.000000e-01, 1.260000e+02]

// RUN: not spiq-interpret %s --function=none 2>&1 | FileCheck %s --check-prefix=NO-FUNCTION
// NO-FUNCTION: error: there is no function 'none'

// RUN: not spiq-interpret %s 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: error: expects one function, got 2; choose one with --function

// RUN: not spiq-interpret %s --function=quantize 2>&1 | FileCheck %s --check-prefix=NO-INPUT
// NO-INPUT: error: expects 1 arguments, got 0

// RUN: not spiq-interpret %s --function=quantize --input=%t/none.npy 2>&1 | FileCheck %s --check-prefix=NO-FILE
// NO-FILE: error: cannot read '{{.*}}none.npy': No such file or directory

// RUN: not spiq-interpret %s --function=quantize --input=%s 2>&1 | FileCheck %s --check-prefix=NOT-NUMPY
// NOT-NUMPY: error: cannot read '{{.*}}files.mlir': not a file in NumPy format

// RUN: not spiq-interpret %s --function=quantize --input=%t/q.npy 2>&1 | FileCheck %s --check-prefix=WRONG-TYPE
// WRONG-TYPE: error: argument #0 does not fit type 'tensor<1x3xf32>'

// RUN: %python -c "d = open('%t/x.npy', 'rb').read(); open('%t/short.npy', 'wb').write(d[:-1]); open('%t/header.npy', 'wb').write(d[:40])"
// RUN: not spiq-interpret %s --function=quantize --input=%t/short.npy 2>&1 | FileCheck %s --check-prefix=SHORT
// SHORT: error: cannot read '{{.*}}short.npy': expects 12 bytes of data, got 11
// RUN: not spiq-interpret %s --function=quantize --input=%t/header.npy 2>&1 | FileCheck %s --check-prefix=HEADER
// HEADER: error: cannot read '{{.*}}header.npy': the header is cut off

// RUN: %python -c "d = open('%t/x.npy', 'rb').read(); open('%t/shape.npy', 'wb').write(d.replace(b'(1, 3)', b'(1,-3)'))"
// RUN: not spiq-interpret %s --function=quantize --input=%t/shape.npy 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: cannot read '{{.*}}shape.npy': the header has no valid shape

// RUN: %python -c "import numpy as n; n.save('%t/double.npy', n.zeros((1, 3)))"
// RUN: not spiq-interpret %s --function=quantize --input=%t/double.npy 2>&1 | FileCheck %s --check-prefix=DOUBLE
// DOUBLE: error: cannot read '{{.*}}double.npy': expects float32, int8, uint8 or int32 elements

// RUN: not spiq-interpret %s --function=quantize --input=%t/x.npy --output=%t/none/q.npy 2>&1 | FileCheck %s --check-prefix=NO-FOLDER
// NO-FOLDER: error: cannot write '{{.*}}none/q.npy'

// RUN: not spiq-interpret %s --function=quantize --input=%t/x.npy --output=%t/q.npy --output=%t/r.npy 2>&1 | FileCheck %s --check-prefix=OUTPUTS
// OUTPUTS: error: has 1 results, but there are 2 output files

!type = !quant.uniform<u8:f32, 0.5:3>

func.func @quantize(%x: tensor<1x3xf32>) -> tensor<1x3x!type> {
  %q = quant.qcast %x : tensor<1x3xf32> to tensor<1x3x!type>
  return %q : tensor<1x3x!type>
}

func.func @dequantize(%q: tensor<1x3x!type>) -> tensor<1x3xf32> {
  %x = quant.dcast %q : tensor<1x3x!type> to tensor<1x3xf32>
  return %x : tensor<1x3xf32>
}
