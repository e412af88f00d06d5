/** Small test files of several ecosystems, as they are before an agent's change. */

import assert from "node:assert/strict";

export const DENO = `import assert from "node:assert/strict";
Deno.test("adds", () => {
  assert.equal(add(1, 2), 3);
  assert.equal(add(0, 0), 0);
});
Deno.test("subtracts", () => {
  assert.equal(sub(2, 1), 1);
});
`;
export const VITEST = `describe("sum", () => {
  it("adds", () => { expect(add(1, 2)).toBe(3); });
  it("is zero", async () => { expect(add(0, 0)).toBe(0); });
});
`;
export const PYTEST = `import pytest

def test_adds():
    assert add(1, 2) == 3
    assert add(0, 0) == 0

class TestSub:
    def test_subtracts(self):
        with pytest.raises(ValueError):
            sub("a")
`;
export const UNITTEST = `class T(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(add(1, 2), 3)
        self.assertTrue(ok())
`;
export const GO = `func TestAdd(t *testing.T) {
	if add(1, 2) != 3 {
		t.Errorf("no")
	}
	t.Run("zero", func(t *testing.T) { assert.Equal(t, 0, add(0, 0)) })
}

func TestSub(t *testing.T) { require.Equal(t, 1, sub(2, 1)) }
`;
export const RUST = `fn add(a: i32) -> i32 { a }
#[cfg(test)]
mod tests {
    #[test]
    fn adds() { assert_eq!(add(1), 1); assert!(add(2) > 1); }
    #[tokio::test]
    async fn waits<'a>() { assert!(ok('"').await); }
}
`;
export const JAVA = `class AddTest {
  @Test
  void adds() { assertEquals(3, add(1, 2)); assertThat(x).isTrue(); }
  @ParameterizedTest(name = "n")
  @ValueSource(ints = {1, 2})
  public void many(int n) { assertTrue(n > 0); }
}
`;
export const KOTLIN =
  "class AddTest {\n  @Test\n  fun `adds two`() { assertEquals(3, add(1, 2)) }\n}\n";

/** `text` with its first `from` replaced; a sample without it is a slip in the test. */
export const swap = (text: string, from: string, to: string): string => {
  assert.ok(text.includes(from), `the case does not contain ${from}`);
  return text.replace(from, to);
};
