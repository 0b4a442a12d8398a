// RUN: tern-opt %s -split-input-file -verify-diagnostics "-tern-specialize-shapes=batch=4"

// expected-error@+1 {{dimension 'seq' of argument 0 of @no_seq has no size; give it with --seq=N}}
func.func @no_seq(%tokens: tensor<?x?xi32> {tern.dims = ["batch", "seq"]}) -> tensor<?x?xi32> {
  return %tokens : tensor<?x?xi32>
}

// -----

// expected-error@+1 {{name its dimensions with tern.dims = [...], one name per dimension}}
func.func @unnamed_dimensions(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %x : tensor<?x4xf32>
}

// -----

// expected-error@+1 {{dimension 'source' of argument 0 of @no_source has no size; declare tern.hyper @source and give --define source=N}}
func.func @no_source(%source: tensor<?x?xi32> {tern.dims = ["batch", "source"]}) -> tensor<?x?xi32> {
  return %source : tensor<?x?xi32>
}
