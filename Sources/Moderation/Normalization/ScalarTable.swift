/// A number for every Unicode scalar, in pages of 256 of which only the ones with something in them are stored.
struct ScalarTable<Value: FixedWidthInteger & Sendable>: Sendable {
    /// Where the page of a scalar's high bits is; page 0 is the empty one.
    private var pages = [UInt16](repeating: 0, count: 0x11_0000 >> 8)
    private var values = [Value](repeating: 0, count: 256)

    subscript(scalar: UInt32) -> Value {
        get { values[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)] }
        set {
            let page = Int(scalar >> 8)
            if pages[page] == 0 {
                guard newValue != 0 else { return }
                pages[page] = UInt16(values.count >> 8)
                values.append(contentsOf: repeatElement(0, count: 256))
            }
            values[Int(pages[page]) << 8 | Int(scalar & 0xFF)] = newValue
        }
    }
}
