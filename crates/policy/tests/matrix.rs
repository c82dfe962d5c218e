//! Who may do what, under review: the whole matrix as a file.

#[test]
fn the_matrix_is_the_reviewed_one() {
    let matrix = policy::Policies::builtin().unwrap().matrix();
    let reviewed = include_str!("matrix.txt");
    assert!(matrix == reviewed, "tests/matrix.txt should be:\n{matrix}");
}
