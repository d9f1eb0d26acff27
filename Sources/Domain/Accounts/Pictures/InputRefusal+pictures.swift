/// Everything that can be wrong with a profile picture.
extension InputRefusal {
    static let notAPicture = InputRefusal(
        "This file is not a picture that we accept. Choose a JPEG, PNG or WebP picture."
    )
    static let animatedPicture = InputRefusal(
        "This picture is animated. Choose a picture that stands still, as JPEG, PNG or WebP."
    )
    static let damagedPicture = InputRefusal(
        "The picture is damaged or incomplete. Open it, save it again as JPEG or PNG, and upload that."
    )
    static let unusualPicture = InputRefusal(
        "Most apps cannot show this kind of JPEG or PNG. Open it, save it as an ordinary JPEG, and upload that."
    )
    static let pictureSize = InputRefusal(
        """
        A picture must be \(ProfilePicture.side.lowerBound) to \(ProfilePicture.side.upperBound) pixels wide and high. \
        Resize it and upload it again.
        """
    )
}
