use burn::tensor::{Device, Tensor, TensorData};
use weft_testing::{for_each_device, numbers};

use super::*;

/// Adds the second input, times the first uniform, to the first.
const BLEND: &str = "
    @group(0) @binding(0) var<storage, read_write> a: array<f32>;
    @group(0) @binding(1) var<storage, read_write> b: array<f32>;
    @group(0) @binding(2) var<storage, read_write> made: array<f32>;
    @group(0) @binding(3) var<storage, read> uniforms: array<f32>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
        let at = id.x + id.y * groups.x * 64u;
        if (at < arrayLength(&made)) { made[at] = a[at] + uniforms[0] * b[at]; }
    }";

fn counted(shape: [usize; 4], device: &Device) -> Tensor<4> {
    let numbers: Vec<f32> = (0..shape.iter().product())
        .map(|n: usize| n as f32)
        .collect();
    Tensor::from_data(TensorData::new(numbers, shape), device)
}

/// What a program gives, or nothing where no adapter is.
fn given(
    shader: &Shader,
    inputs: &[Tensor<4>],
    shape: [usize; 4],
    device: &Device,
) -> Option<Tensor<4>> {
    match shader.run(inputs, &[0.5], shape, device) {
        Ok(made) => Some(made),
        Err(ShaderFailure::NoAdapter(why)) => {
            eprintln!("skipped: no adapter ({why})");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_program_reads_and_writes_what_burn_does() {
    for_each_device(|device| {
        let shader = Shader::new(BLEND).unwrap();
        for shape in [[1, 1, 1, 1], [1, 3, 5, 7], [2, 3, 64, 65]] {
            let (a, b) = (counted(shape, device), counted(shape, device) * -0.25);
            let wanted = a.clone() + b.clone() * 0.5;
            // Work on the inputs before, and on the result after, stays in order.
            let Some(made) = given(&shader, &[a * 1.0, b], shape, device) else {
                return;
            };
            assert_eq!(made.dims(), shape);
            assert_eq!(numbers(&(made + 1.0)), numbers(&(wanted + 1.0)));
        }
    });
}

#[test]
fn inputs_whose_numbers_lie_otherwise_are_read_in_the_order_of_their_axes() {
    for_each_device(|device| {
        let shader = Shader::new(BLEND).unwrap();
        let turned = counted([1, 2, 3, 5], device).swap_dims(2, 3);
        let part = counted([1, 2, 6, 3], device).narrow(2, 1, 5);
        let wanted = turned.clone() + part.clone() * 0.5;
        if let Some(made) = given(&shader, &[turned, part], [1, 2, 5, 3], device) {
            assert_eq!(numbers(&made), numbers(&wanted));
        }
    });
}

#[test]
fn more_groups_than_one_axis_holds_are_all_run() {
    let device = Device::flex();
    let shape = [1, 1, 2100, 2100];
    let ones = Tensor::<4>::ones(shape, &device);
    let shader = Shader::new(BLEND).unwrap();
    if let Some(made) = given(&shader, &[ones.clone(), ones], shape, &device) {
        assert!(numbers(&made).iter().all(|number| *number == 1.5));
    }
}

#[test]
fn wrong_programs_say_what_is_wrong_and_where() {
    let text = BLEND.replace("uniforms[0]", "uniform[0]");
    let error = Shader::new(&text).unwrap_err();
    assert!(error.message.contains("uniform"), "{error}");
    assert_eq!(&text[error.places[0].0.clone()], "uniform");
    let typed = BLEND.replace("a[at] +", "a[at] + 1u +");
    assert!(!Shader::new(&typed).unwrap_err().places.is_empty());
    let lost = BLEND.replace("fn main", "fn other");
    assert!(
        Shader::new(&lost)
            .unwrap_err()
            .message
            .contains("no entry `main`")
    );
    let narrow = BLEND.replace("workgroup_size(64)", "workgroup_size(8)");
    assert!(
        Shader::new(&narrow)
            .unwrap_err()
            .message
            .contains("@workgroup_size(64)")
    );
}

#[test]
fn a_program_that_does_not_fit_its_inputs_is_refused_and_harms_nothing() {
    for_each_device(|device| {
        let shader = Shader::new(BLEND).unwrap();
        let one = counted([1, 1, 2, 2], device);
        // It binds two inputs and is given one, so the uniforms are bound where it has the result.
        let refused = shader.run(std::slice::from_ref(&one), &[0.5], [1, 1, 2, 2], device);
        assert!(matches!(
            refused,
            Err(ShaderFailure::Refused(_) | ShaderFailure::NoAdapter(_))
        ));
        let huge = shader.run(
            &[one.clone(), one.clone()],
            &[0.5],
            [1 << 20, 3, 1 << 20, 1 << 20],
            device,
        );
        assert!(matches!(
            huge,
            Err(ShaderFailure::TooLarge(_) | ShaderFailure::NoAdapter(_))
        ));
        assert_eq!(numbers(&(one + 1.0)), [1.0, 2.0, 3.0, 4.0]);
    });
}
