/// `avcC`, the header of H.264 in MP4, MOV and Matroska (ISO/IEC 14496-15, 5.3.3.1), as far as copying needs it.
struct AVCConfiguration: Equatable {
    /// The types of NAL units that matter here (ITU-T H.264, table 7-1).
    enum UnitType {
        static let idrSlice: UInt8 = 5
        static let parameterSets: ClosedRange<UInt8> = 7...8
    }

    /// `profile_idc`: 66 is Baseline, 77 Main, 100 High.
    var profile: Int
    /// Ten times the level: 42 is level 4.2.
    var level: Int
    /// How many bytes in front of every unit say how long it is.
    var lengthSize: Int
    var parameterSets: [[UInt8]]

    /// `nil` for Annex B, and for anything else that is not whole.
    init?(_ extradata: [UInt8]) {
        guard extradata.count > 6, extradata[0] == 1 else { return nil }
        profile = Int(extradata[1])
        level = Int(extradata[3])
        lengthSize = Int(extradata[4] & 3) + 1
        parameterSets = []
        var offset = 5
        // First the sequence parameter sets, then the picture parameter sets; the upper bits of the first count are ones.
        for mask in [UInt8(0x1f), 0xff] {
            guard offset < extradata.count else { return nil }
            let count = Int(extradata[offset] & mask)
            offset += 1
            for _ in 0..<count {
                guard offset + 2 <= extradata.count else { return nil }
                let size = Int(extradata[offset]) << 8 | Int(extradata[offset + 1])
                guard offset + 2 + size <= extradata.count else { return nil }
                parameterSets.append(Array(extradata[offset + 2..<offset + 2 + size]))
                offset += 2 + size
            }
        }
    }

    /// The units of a packet, each without its length; `nil` if the lengths do not add up.
    func units(of packet: [UInt8]) -> [ArraySlice<UInt8>]? {
        var units: [ArraySlice<UInt8>] = []
        var offset = 0
        while offset < packet.count {
            guard offset + lengthSize < packet.count else { return nil }
            let size = packet[offset..<offset + lengthSize].reduce(0) { $0 << 8 | Int($1) }
            let start = offset + lengthSize
            guard size > 0, start + size <= packet.count else { return nil }
            units.append(packet[start..<start + size])
            offset = start + size
        }
        return units
    }

    /// Whether a decoder can start at a packet with nothing but this header.
    ///
    /// A recovery point would not do: pictures around it may need pictures
    /// before it. Nor would parameter sets that differ from the header's.
    func canStart(at packet: [UInt8]) -> Bool {
        guard let units = units(of: packet) else { return false }
        let types = units.map { ($0.first ?? 0) & 0x1f }
        let repeated = zip(types, units).filter { UnitType.parameterSets.contains($0.0) }
        return types.contains(UnitType.idrSlice) && repeated.allSatisfy { parameterSets.contains(Array($0.1)) }
    }
}
